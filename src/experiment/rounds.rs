//! A run that ends as soon as enough is known. That is looked at after rounds of a fixed number of replications, counted from the
//! first, so that the end depends neither on threads nor on batches nor on an interruption.

use std::ops::ControlFlow;

use super::runner::{Follower, Plans, RunError, Settings, Step, resume};
use super::{Batch, Choosing, Precision, Row, Run};
use crate::stats::{Stopping, Verdict};

/// Replications between two looks. So many at least are needed by [`Stopping`], which then waits for a second good look.
pub(super) const ROUND: u32 = 100;

/// What is enough: all that is given.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Until {
    /// Costs are that precise.
    pub precision: Option<Precision>,
    /// One strategy is chosen.
    pub choice: Option<Choosing>,
}

impl Until {
    /// Whether anything but the number of replications ends the run.
    pub const fn is_anything(&self) -> bool {
        self.precision.is_some() || self.choice.is_some()
    }
}

/// Goes on from a run as [`resume`] does, until enough is known or all replications are used up; tells which. A run that went
/// beyond that already stays as it is.
///
/// # Errors
/// When there are no threads to be had.
pub fn resume_until(
    plans: Plans<'_>,
    settings: Settings,
    (until, begun): (Until, Run),
    follower: &impl Follower,
    mut keep: impl FnMut(&Batch) -> ControlFlow<()> + Send,
) -> Result<(Run, bool), RunError> {
    let (mut run, mut stopping, mut end, mut broken_off) = (begun, Stopping::default(), 0, false);
    let known = run.rows.len();
    while end < settings.replications {
        end = settings.replications.min(end + ROUND);
        if run.replications < end {
            let before = Before { follower, requests: run.rows[known..].iter().map(|row| row.requests).sum() };
            let keep = |batch: &Batch| {
                let flow = keep(batch);
                broken_off = flow.is_break();
                flow
            };
            run = resume(plans, Settings { replications: end, ..settings }, run, &before, keep)?;
        }
        if broken_off || run.replications < end {
            return Ok((run, false));
        }
        let strategies = run.rows.len() / run.replications as usize;
        let rows = &run.rows[..end as usize * strategies];
        // Not in one expression: a look at the precision is remembered, whatever the choice.
        let precise =
            until.precision.is_none_or(|precision| is_precise(&precision, rows, &mut stopping, end == settings.replications));
        let chosen = until.choice.is_none_or(|choice| choice.chosen(rows).enough);
        if precise && chosen {
            return Ok((run, true));
        }
    }
    Ok((run, false))
}

fn is_precise(precision: &Precision, rows: &[Row], stopping: &mut Stopping, is_last: bool) -> bool {
    match stopping.after_round(&precision.figures(rows)) {
        Verdict::Enough => true,
        // There is no round left to confirm it.
        Verdict::Confirm => is_last,
        Verdict::More(_) | Verdict::Unknown => false,
    }
}

/// Follows a run of several rounds as if it were one.
struct Before<'a, F> {
    follower: &'a F,
    /// Simulated in the rounds before.
    requests: u64,
}

impl<F: Follower> Follower for Before<'_, F> {
    fn stops(&self) -> bool {
        self.follower.stops()
    }

    fn finished(&self, step: Step) {
        self.follower.finished(Step { requests: self.requests + step.requests, ..step });
    }
}
