//! Routing: everything the client decides. It sees a [`View`] of the world, never the providers themselves.
//!
//! The engine knows no retry and no fallback: it tells a [`Client`] what happened and carries out the action it returns.

mod client;
mod fallback;
mod retry;
mod router;
mod single;
mod strategy;
mod weighted;

pub use client::{Action, Ask, Client, Ended, Heard, Luck, Sight, View};
pub use fallback::Fallback;
pub use retry::{Backoff, Jitter, Retry};
pub use router::{AnyRouter, Router};
pub use single::Single;
pub use strategy::{Memo, Strategy};
pub use weighted::Weighted;
