//! Progress on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that shows replications done, requests per second, and when it will be over.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line for so many replications; invisible where it is not wanted or standard error is no terminal.
    pub(super) fn start(replications: u64, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{bar:24} {human_pos} / {human_len} replications{msg}, ETA {eta}")
            .expect("the template is valid")
            .progress_chars("=> ");
        Self { bar: ProgressBar::with_draw_target(Some(replications), target).with_style(style) }
    }

    /// So many replications with so many requests are done in all.
    pub(super) fn update(&self, replications: u64, requests: u64) {
        let seconds = self.bar.elapsed().as_secs_f64().max(1e-3);
        let rate = indicatif::HumanCount((requests as f64 / seconds) as u64);
        self.bar.set_message(format!(", {rate} requests/s"));
        self.bar.set_position(replications);
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
