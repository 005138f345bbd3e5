//! `junit.xml`: a test case for each gate and strategy, for programs that collect tests. A failed gate is a failure; one that is
//! undecided is skipped, with the reason, since no element of the format stands for it.

use std::fmt::Write as _;

use crate::experiment::Manifest;
use crate::gate::{Judgement, Judgements, Verdict};

use super::gates::{condition, figure, whose, why};

/// The text of `junit.xml`, in the form of Jenkins' and Apache Ant's schema: `testsuites`, `testsuite`, `testcase`, `failure`,
/// `skipped`; and `properties` for where the figures come from.
pub(super) fn junit(manifest: &Manifest, judgements: &Judgements) -> String {
    let [_, failed, undecided] = judgements.counts();
    let numbers = format!("tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{undecided}\"", judgements.all.len());
    let scenario = escaped(&manifest.scenario);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {numbers}>\n  <testsuite name=\"{scenario}\" {numbers}>\n"
    );
    text += &properties(manifest);
    for judgement in &judgements.all {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", case(&scenario, judgement));
    }
    text + "  </testsuite>\n</testsuites>\n"
}

fn properties(manifest: &Manifest) -> String {
    let Manifest { version, commit, scenario_sha256, plan_hash, seed, replications, .. } = manifest;
    let [first, end] = replications;
    let property = |name: &str, value: &str| format!("      <property name=\"{name}\" value=\"{}\"/>\n", escaped(value));
    let all = [
        property("version", version),
        property("commit", commit),
        property("scenario_sha256", scenario_sha256),
        property("plan_hash", plan_hash),
        property("seed", &seed.to_string()),
        property("replications", &(end - first).to_string()),
    ];
    format!("    <properties>\n{}    </properties>\n", all.concat())
}

fn case(scenario: &str, judgement: &Judgement) -> String {
    let name = escaped(&format!("{} ({})", judgement.gate.title(), whose(judgement)));
    let figure = escaped(&format!("{}: {}", condition(judgement), figure(judgement)));
    let inside = match judgement.verdict {
        Verdict::Passed => format!("<system-out>{figure}</system-out>"),
        Verdict::Failed => format!("<failure type=\"gate\" message=\"{figure}\"/>"),
        Verdict::Undecided(_) => format!("<skipped message=\"undecided: {figure}; {}\"/>", escaped(&why(judgement))),
    };
    format!("    <testcase classname=\"spendcast.{scenario}\" name=\"{name}\" time=\"0\">{inside}</testcase>")
}

/// Text as an attribute or as content. What XML 1.0 cannot hold at all is replaced.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '&' => safe += "&amp;",
            '"' => safe += "&quot;",
            '\'' => safe += "&apos;",
            '\n' | '\r' | '\t' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::tests::judged;
    use super::*;
    use crate::experiment::made_up;
    use crate::gate::Mode;

    /// Reads XML as strictly as this needs: every element closed in order, attributes quoted and none twice, no markup in
    /// texts, only the five named entities. Returns the names of the elements as they open.
    fn elements(text: &str) -> Vec<String> {
        let (mut open, mut all) = (Vec::new(), Vec::new());
        let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
        let mut rest = body.trim_end();
        while let Some(at) = rest.find('<') {
            content(&rest[..at]);
            assert!(!open.is_empty() || rest[..at].is_empty(), "text outside the root");
            let end = rest.find('>').expect("a closed tag");
            let tag = &rest[at + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name));
                continue;
            }
            let alone = tag.ends_with('/');
            let tag = tag.trim_end_matches('/');
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !name.is_empty(), "{name:?}");
            attribute(attributes);
            all.push(name.to_owned());
            if !alone {
                open.push(name.to_owned());
            }
        }
        assert!(open.is_empty() && rest.is_empty(), "{open:?} {rest:?}");
        all
    }

    fn attribute(mut rest: &str) {
        let mut names = Vec::new();
        while !rest.is_empty() {
            let (name, after) = rest.split_once("=\"").expect("an attribute");
            let (value, after) = after.split_once('"').expect("a closed value");
            assert!(name.chars().all(|c| c.is_ascii_lowercase()) && !names.contains(&name), "{name:?} of {names:?}");
            assert!(!value.contains(['<', '\n', '\t']));
            content(value);
            names.push(name);
            rest = after.trim_start();
        }
    }

    fn content(text: &str) {
        assert!(text.chars().all(|c| !c.is_control() || c == '\n') && !text.contains('>'), "{text:?}");
        for part in text.split('&').skip(1) {
            assert!(["lt;", "gt;", "amp;", "quot;", "apos;"].iter().any(|entity| part.starts_with(entity)), "{part}");
        }
    }

    #[test]
    fn it_is_well_formed_and_has_a_case_for_each() {
        let results = made_up::results(&["a", "b"], 100);
        let manifest = Manifest { scenario: "x \"<&>'\u{1}\n".to_owned(), ..made_up::manifest(&results) };
        let text = junit(&manifest, &judged(&results));
        let count = |name: &str| elements(&text).iter().filter(|element| *element == name).count();
        assert_eq!(["testsuites", "testsuite", "testcase", "failure", "skipped", "property"].map(count), [1, 1, 8, 2, 2, 6]);
        assert!(text.contains("tests=\"8\" failures=\"2\" errors=\"0\" skipped=\"2\""), "{text}");
        assert!(text.contains("name=\"P(cost &gt; 1 USD) &lt;= 10% (a)\" time=\"0\"><failure type=\"gate\" message="), "{text}");
        assert!(text.contains("<skipped message=\"undecided: cvar99.9(cost)"), "{text}");
    }

    #[test]
    #[should_panic(expected = "an attribute")]
    fn the_reader_of_the_test_is_strict() {
        elements("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=c/>");
    }

    #[test]
    fn without_gates_there_is_an_empty_suite() {
        let text = junit(&made_up::manifest(&made_up::results(&["a"], 1)), &Judgements { mode: Mode::Point, all: Vec::new() });
        assert_eq!(elements(&text)[..3], ["testsuites", "testsuite", "properties"]);
        assert!(!text.contains("testcase") && text.contains("<property name=\"seed\" value=\"7\"/>"), "{text}");
    }
}
