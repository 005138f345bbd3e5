//! Requests and draws made up for tests of routers.

use super::client::{Ask, Luck};
use crate::model::{ClassId, Stage};

/// A request like any other.
pub(super) const ASK: Ask =
    Ask { number: 0, class: ClassId(0), stage: Stage::Final, images: 1, tokens: 50, user: 0, prompt: 0, category: 0 };

/// The luck of an attempt whose coin shows these bits.
pub(super) fn luck(coin: u32) -> Luck {
    Luck::of_coin(coin)
}
