//! What a price book knows of a model besides the price of one image: every row with its source.

use serde_json::{Value, json};

use super::columns::columns;
use crate::catalog::{BilledWord, Book, Direction, LatencyList, Price};

/// The beginning of a source, for tables; the whole of it is in the JSON.
pub(super) fn short(source: &str) -> String {
    const SHOWN: usize = 90;
    match source.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}...", &source[..at]),
        None => source.to_owned(),
    }
}

fn or_any(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}

/// All facts as text, one section each.
pub(super) fn text(book: &Book, model: &str) -> String {
    let sections = [
        ("Dates", &["", "", "", ""] as &[&str], dates(book, model)),
        (
            "Prices by source",
            &["UNIT", "USD", "SIZE", "QUALITY", "FOR", "FROM", "UNTIL", "CONFIDENCE", "SEEN", "SOURCE"],
            prices(book, model),
        ),
        ("Tokens of one image", &["WHICH", "TOKENS", "SIZE", "QUALITY", "CONFIDENCE", "SOURCE"], tokens(book, model)),
        ("Limits", &["OF", "TIER", "LIMIT", "", "REQUIRES", "SEEN", "SOURCE"], limits(book, model)),
        ("Billing and rules of the provider", &["POLICY", "BILLED", "SOURCE", "RULE"], policies(book, model)),
        ("Latencies in seconds", &["OF", "WHEN", "", "SOURCE"], latencies(book, model)),
        ("Statements", &["", "", "", ""], statements(book, model)),
    ];
    let shown = sections.iter().filter(|(_, _, rows)| !rows.is_empty());
    shown.map(|(title, head, rows)| format!("\n{title}\n{}", columns(head, rows, "  "))).collect::<Vec<_>>().concat()
}

fn dates(book: &Book, model: &str) -> Vec<Vec<String>> {
    let day = |event: &crate::catalog::Event| event.on.map(|day| day.to_string()).or_else(|| event.period.clone());
    let row = |event: &crate::catalog::Event| {
        vec![or_any(day(event)), event.event.name().to_owned(), or_any(event.successor.clone()), short(&event.source)]
    };
    let mut rows: Vec<_> = book.events(model).map(row).collect();
    rows.sort();
    rows
}

fn prices(book: &Book, model: &str) -> Vec<Vec<String>> {
    let row = |Price { list, row }: Price<'_>| {
        let date =
            |date: &Option<crate::spec::Located<crate::spec::Date>>| or_any(date.as_ref().map(|date| date.value.to_string()));
        let steps = row.steps.map(|steps| format!("{steps} steps"));
        let of: Vec<String> =
            [steps, list.operation.clone(), list.region.clone(), row.note.clone()].into_iter().flatten().collect();
        let old = if list.superseded { "superseded: " } else { "" };
        vec![
            row.unit.to_string(),
            row.usd.to_string(),
            or_any(row.size.as_ref().map(ToString::to_string)),
            or_any(row.quality.clone()),
            if of.is_empty() { "-".to_owned() } else { of.join(", ") },
            date(&list.from),
            date(&list.to),
            list.confidence.name().to_owned(),
            list.date.value.clone(),
            format!("{old}{}", short(&list.source)),
        ]
    };
    book.prices(model).map(row).collect()
}

fn tokens(book: &Book, model: &str) -> Vec<Vec<String>> {
    let lists = book.token_lists(model).flat_map(|list| list.rows.iter().map(move |row| (list, row)));
    let which = |direction| match direction {
        Direction::OutputImage => "out",
        Direction::InputImage => "in",
        Direction::OutputImagePartial => "partial",
    };
    let row = |(list, row): (&crate::catalog::TokenList, &crate::catalog::TokenRow)| {
        let size = or_any(row.size.as_ref().map(ToString::to_string));
        let (confidence, source) = (list.confidence.name().to_owned(), short(&list.source));
        vec![which(list.direction).to_owned(), row.tokens.to_string(), size, or_any(row.quality.clone()), confidence, source]
    };
    lists.map(row).collect()
}

fn limits(book: &Book, model: &str) -> Vec<Vec<String>> {
    let lists = book.limits(model).flat_map(|list| list.rows.iter().map(move |row| (list, row)));
    let row = |(list, row): (&crate::catalog::LimitList, &crate::catalog::LimitRow)| {
        let paid = list.paid.map(|paid| format!("{paid} USD paid"));
        let age = list.age.map(|age| format!("{age} old"));
        let requires: Vec<String> = [paid, age, list.requirement.clone()].into_iter().flatten().collect();
        let requires = if requires.is_empty() { "-".to_owned() } else { requires.join(", ") };
        let (value, metric) = (row.value.to_string(), row.metric.name().to_owned());
        vec![list.of.value.clone(), list.tier.clone(), value, metric, requires, list.date.value.clone(), short(&list.source)]
    };
    lists.map(row).collect()
}

fn policies(book: &Book, model: &str) -> Vec<Vec<String>> {
    let row = |policy: &crate::catalog::Policy| {
        let before = policy.billed.map_or("", BilledWord::name);
        let after = policy.billed_after.map_or(String::new(), |after| format!(", after generation {}", after.name()));
        vec![policy.policy.clone(), format!("{before}{after}"), short(&policy.source), policy.value.clone()]
    };
    book.policies(model).map(row).collect()
}

fn latencies(book: &Book, model: &str) -> Vec<Vec<String>> {
    let figures = |list: &LatencyList| {
        let figures = list.rows.iter().map(|row| format!("{} {}", row.metric.name(), row.seconds));
        figures.collect::<Vec<_>>().join(", ")
    };
    let row = |list: &LatencyList| vec![list.of.value.clone(), or_any(list.when.clone()), figures(list), short(&list.source)];
    book.latencies(model).map(row).collect()
}

fn statements(book: &Book, model: &str) -> Vec<Vec<String>> {
    let row = |statement: &crate::catalog::Statement| {
        vec![statement.about.clone(), or_any(statement.number.clone()), statement.claim.clone(), short(&statement.source)]
    };
    book.statements(model).map(row).collect()
}

/// All facts with their whole sources.
pub(super) fn as_json(book: &Book, model: &str) -> Value {
    let date = |date: &Option<crate::spec::Located<crate::spec::Date>>| date.as_ref().map(|date| date.value.to_string());
    json!({
        "dates": book.events(model).map(|event| json!({
            "event": event.event.name(), "on": event.on.map(|day| day.to_string()), "period": event.period,
            "successor": event.successor, "source": event.source.value,
        })).collect::<Vec<_>>(),
        "prices": book.prices(model).map(|Price { list, row }| json!({
            "unit": row.unit.to_string(), "usd": row.usd.to_string(), "size": row.size.as_ref().map(ToString::to_string),
            "quality": row.quality, "steps": row.steps, "region": list.region, "operation": list.operation,
            "from": date(&list.from), "until": date(&list.to), "superseded": list.superseded,
            "confidence": list.confidence.name(), "source": list.source, "date": list.date.value, "note": row.note,
        })).collect::<Vec<_>>(),
        "tokens": book.token_lists(model).flat_map(|list| list.rows.iter().map(move |row| json!({
            "which": format!("{:?}", list.direction), "tokens": row.tokens, "size": row.size.as_ref().map(ToString::to_string),
            "quality": row.quality, "confidence": list.confidence.name(), "source": list.source,
        }))).collect::<Vec<_>>(),
        "limits": book.limits(model).flat_map(|list| list.rows.iter().map(move |row| json!({
            "of": list.of.value, "tier": list.tier, "metric": row.metric.name(), "value": row.value,
            "paid_usd": list.paid.map(|paid| paid.to_string()), "age": list.age.map(|age| age.to_string()),
            "requirement": list.requirement, "source": list.source, "date": list.date.value,
        }))).collect::<Vec<_>>(),
        "policies": book.policies(model).map(|policy| json!({
            "policy": policy.policy, "billed": policy.billed.map(BilledWord::name), "billed_after": policy.billed_after.map(BilledWord::name),
            "value": policy.value, "source": policy.source,
        })).collect::<Vec<_>>(),
        "latencies": book.latencies(model).flat_map(|list| list.rows.iter().map(move |row| json!({
            "of": list.of.value, "when": list.when, "metric": row.metric.name(), "seconds": row.seconds.to_string(), "source": list.source,
        }))).collect::<Vec<_>>(),
        "statements": book.statements(model).map(|statement| json!({
            "about": statement.about, "claim": statement.claim, "number": statement.number, "source": statement.source,
        })).collect::<Vec<_>>(),
    })
}
