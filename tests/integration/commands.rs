//! The whole program: entire standard output and standard error, as `tests/cmd` has them.

use snapbox::cmd::Command;

fn spendcast() -> Command {
    Command::new(snapbox::cmd::cargo_bin!("spendcast"))
}

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}

#[test]
fn init_leaves_the_starter_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a directory");
    spendcast().arg("init").current_dir(&directory).assert().success().stdout_eq("");
    let names: Vec<_> =
        directory.path().read_dir().expect("it is there").map(|entry| entry.expect("readable").file_name()).collect();
    assert_eq!(names, ["scenario.toml"]);
    let written = std::fs::read_to_string(directory.path().join("scenario.toml")).expect("written");
    assert_eq!(written, spendcast::scenario::STARTER);
}

#[test]
fn mistakes_leave_standard_output_empty() {
    let file = "tests/cmd/mistakes.in/unknown-key.toml";
    spendcast().args(["check", file]).assert().code(2).stdout_eq("");
}

#[test]
fn data_leaves_standard_error_empty() {
    spendcast().args(["check", "tests/cmd/check.in/valid.toml"]).assert().success().stderr_eq("");
    spendcast().arg("schema").assert().success().stderr_eq("");
}

#[test]
fn colour_is_only_for_terminals_that_want_it() {
    let escapes = |name: &str, value: &str| {
        let run = spendcast().args(["check", "tests/cmd/mistakes.in/unknown-key.toml"]).env(name, value).output().expect("runs");
        String::from_utf8_lossy(&run.stderr).contains('\u{1b}')
    };
    assert!(escapes("CLICOLOR_FORCE", "1"));
    assert!(!escapes("NO_COLOR", "1"));
    assert!(!escapes("TERM", "dumb"));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut child = std::process::Command::new(snapbox::cmd::cargo_bin!("spendcast"));
    let run = child.arg("schema").stdout(writer).stderr(std::process::Stdio::piped()).output().expect("runs");
    assert_eq!((run.status.code(), run.stderr.as_slice()), (Some(0), b"".as_slice()));
}
