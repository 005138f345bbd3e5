//! `docs/scenario.schema.json` is what `spendcast schema` prints, and it accepts what the program accepts.

use serde_json::Value;

const COMMITTED: &str = "docs/scenario.schema.json";

#[test]
fn the_committed_schema_is_current() {
    let current = format!("{:#}\n", spendcast::scenario::schema());
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == current, "out of date: spendcast schema > {COMMITTED}");
}

#[test]
fn the_schema_accepts_the_starter_and_refuses_an_unknown_key() {
    let schema = spendcast::scenario::schema();
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let mut starter = json(spendcast::scenario::STARTER);
    let mistakes: Vec<String> = validator.iter_errors(&starter).map(|error| error.to_string()).collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    starter["horizn"] = "30d".into();
    assert!(!validator.is_valid(&starter));
}

/// A TOML text as editors see it: dates are texts.
fn json(text: &str) -> Value {
    let mut sources = spendcast::spec::Sources::new();
    let file = sources.add("starter.toml", text);
    let mut mistakes = spendcast::spec::Mistakes::new();
    plain(&spendcast::spec::parse(text, file, &mut mistakes))
}

fn plain(node: &spendcast::spec::Node) -> Value {
    use spendcast::spec::Data;
    match &node.data {
        Data::Table(entries) => entries.iter().map(|(key, value)| (key.name.clone(), plain(value))).collect(),
        Data::Array(items) => items.iter().map(plain).collect(),
        Data::Text(text) | Data::Date(text) => text.clone().into(),
        Data::Integer(number) => i64::try_from(*number).expect("a small number").into(),
        Data::Float(text) => text.parse::<f64>().expect("a number").into(),
        Data::Bool(yes) => (*yes).into(),
    }
}
