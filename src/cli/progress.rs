//! Progress on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::experiment::Step;

/// A line that shows replications done, requests per second, and when it will be over.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line for so many replications, of which so many are there already; invisible where it is not wanted or standard error is
    /// no terminal.
    pub(super) fn start(done: u32, replications: u32, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{bar:24} {pos} / {len} replications{msg}, ETA {eta}")
            .expect("the template is valid")
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(u64::from(replications)), target).with_style(style);
        bar.set_position(u64::from(done));
        // What was there before says nothing about how long the rest will take.
        bar.reset_eta();
        Self { bar }
    }

    /// Shows how far the run is.
    pub(super) fn update(&self, step: Step) {
        let seconds = self.bar.elapsed().as_secs_f64().max(1e-3);
        let rate = indicatif::HumanCount((step.requests as f64 / seconds) as u64);
        self.bar.set_message(format!(", {rate} requests/s"));
        self.bar.set_position(u64::from(step.replications));
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
