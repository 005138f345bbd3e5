//! Notes the commit that is built, so that every manifest can name it. Outside a checkout it is "unknown".

#![expect(clippy::disallowed_macros, reason = "printing is how a build script talks to cargo")]

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    let commit = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|run| run.status.success())
        .and_then(|run| String::from_utf8(run.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned());
    println!("cargo::rustc-env=SPENDCAST_COMMIT={commit}");
}
