//! The two streams: data, and everything else. Colour only where the stream shows it (NO_COLOR, TERM=dumb, pipes).

use std::io::{ErrorKind, Write as _};

use super::Failure;

/// Writes data to standard output.
pub(super) fn data(text: &str) -> Result<(), Failure> {
    let mut stream = anstream::stdout().lock();
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    written.map_err(|reason| match reason.kind() {
        ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::Error(format!("cannot write to standard output: {reason}")),
    })
}

/// How wide the terminal is; 100 columns where the output goes elsewhere.
pub(super) fn columns() -> u16 {
    comfy_table::Table::new().width().unwrap_or(100)
}

/// Writes a line to standard error. That nobody reads it is no reason to fail.
pub(super) fn note(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}
