//! What a strategy notes while it decides, so that one request can be followed by hand. Nothing is noted in a run.

use super::among::Among;
use super::fallbacks::Run;
use crate::model::Status;
use crate::units::{SimDuration, SimTime};

/// A rule that fired. Targets are positions in the list of the group's router.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Note {
    /// The request waits for the next batch.
    Collected {
        /// When it is sent.
        until: SimTime,
    },
    /// The request is sent with a batch.
    InBatch {
        /// Until when it is waited for.
        until: SimTime,
    },
    /// The request is sent at once: its batch ended so, or would have.
    NoBatch(Status),
    /// The request waits for others: to be let in, or for an image that an equal one will bring.
    InLine,
    /// A group is asked for a target.
    Asked {
        /// The group, and the order aimed at.
        run: Run,
        /// The targets whose attempts are not used up.
        left: Among,
        /// Those of them that are cooling.
        cooling: Among,
        /// Those of them whose last health check failed.
        failing: Among,
        /// Those of them that ramp up after a cooldown, and are not to take this request.
        ramping: Among,
        /// Those that it may go among in the end.
        among: Among,
    },
    /// The router's own limits let none be asked.
    Limited(Status),
    /// The router has picked this target.
    Picked(u8),
    /// A failure lets a target cool until then.
    Cools {
        /// The target.
        target: u8,
        /// Until when.
        until: SimTime,
    },
    /// The SDK makes the same call once more.
    Calls {
        /// Which call it is, from 1.
        call: u8,
        /// Of so many at most.
        most: u8,
        /// After so long.
        wait: SimDuration,
    },
    /// An attempt has failed, and there will be another in the group.
    Again {
        /// Attempts that have ended.
        tries: u8,
        /// Of so many.
        allowed: u8,
        /// After so long.
        wait: SimDuration,
    },
    /// An attempt has failed, and there will be no other at this level of the group.
    Enough(Enough),
    /// The wait after the last attempt.
    Trails(SimDuration),
    /// The router's next level.
    NextLevel,
    /// The next group or order.
    Falls(Run),
    /// Another attempt beside those under way.
    Copies,
    /// The checker sends the images back.
    SentBack,
}

/// Why there is no other attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enough {
    /// The answer is not tried again.
    NotCovered(Status),
    /// Refusals by the content filter have their own fallbacks.
    SetApart,
    /// The budget of retries is used up.
    BudgetUsedUp,
    /// All attempts are used up: so many.
    UsedUp(u8),
}
