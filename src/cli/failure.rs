//! Why a command did not finish, and the exit code that says so.

use std::process::ExitCode;

use super::output::note;

/// Why a command did not finish.
#[derive(Debug)]
pub enum Failure {
    /// The user's mistake, already explained on standard error.
    Explained,
    /// The user's mistake.
    Mistake(String),
    /// Our error, or the system's.
    Error(String),
    /// The results do not meet a gate.
    GateFailed(String),
    /// It cannot be told whether the results meet a gate, and they fail none.
    GateUndecided(String),
    /// Somebody pressed Ctrl-C.
    Interrupted(String),
    /// The reader of our standard output has gone; nobody is left to tell.
    ClosedPipe,
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Error(error.to_string()),
        }
    }
}

/// Tells the user how it ended, and returns the exit code.
pub fn finish(done: Result<(), Failure>) -> ExitCode {
    let (code, text) = match done {
        Ok(()) | Err(Failure::ClosedPipe) => (0, None),
        Err(Failure::Explained) => (2, None),
        Err(Failure::Mistake(text)) => (2, Some(text)),
        Err(Failure::Error(text)) => (1, Some(text)),
        Err(Failure::GateFailed(text)) => (3, Some(text)),
        Err(Failure::GateUndecided(text)) => (4, Some(text)),
        Err(Failure::Interrupted(text)) => (130, Some(text)),
    };
    match text {
        Some(text) if code > 2 => note(&text),
        Some(text) => note(&format!("error: {text}")),
        None => {}
    }
    ExitCode::from(code)
}
