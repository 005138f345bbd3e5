//! The command line program; see the library.

use std::process::ExitCode;

use spendcast::cli::{self, Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let done = match &arguments.command {
        Command::Run(run) => cli::run(run),
        Command::Sweep(sweep) => cli::sweep(sweep),
        Command::BreakEven(asked) => cli::break_even(asked),
        Command::Compare(runs) => cli::compare(runs),
        Command::Check(check) => cli::check(check),
        Command::Init(init) => cli::init(init),
        Command::Catalog(catalog) => cli::catalog(catalog),
        Command::Explain(request) => cli::explain(request),
        Command::Conformance(recorded) => cli::conformance(recorded),
        Command::Schema => cli::schema(),
    };
    cli::finish(done)
}
