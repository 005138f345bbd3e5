//! TOML into [`Node`]s, with all syntax errors of a text at once.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};

use super::date::{is_no_day, no_such_day};
use super::{Data, FileId, Key, Mistake, Mistakes, Node, Place};

/// Reads a TOML text that stands in the sources as `file`.
///
/// What could be read is returned even after a mistake; a repeated key keeps its first value.
pub fn parse(text: &str, file: FileId, mistakes: &mut Mistakes) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut lines = BTreeSet::new();
    let line = |mistake: &Mistake| text[..mistake.place.span.start.min(text.len())].matches('\n').count();
    // What follows an error in the same line is its consequence.
    let first = errors.iter().map(|error| syntax_mistake(text, file, error)).filter(|mistake| lines.insert(line(mistake)));
    mistakes.extend(first);
    Node { place: Place::whole(file), data: entries(table.into_inner(), file, mistakes) }
}

/// Reads one TOML value, such as `"2s"` or `[1, 2]`, whose first byte stands at `offset` of the text `file`.
/// `None` where the text is no TOML value.
pub fn parse_value(text: &str, file: FileId, offset: usize) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    let mut mistakes = Mistakes::new();
    let mut read = node(value.span(), value.into_inner(), file, &mut mistakes);
    shift(&mut read, offset);
    (!mistakes.has_errors()).then_some(read)
}

fn syntax_mistake(text: &str, file: FileId, error: &Error) -> Mistake {
    // An error at the end of the text gets the last character, so that there is something to point at.
    let span = error.span().unwrap_or(text.len()..text.len());
    let place = Place { file, span: widen(text, span) };
    match error.message() {
        "duplicate key" => {
            Mistake::error(&place, format!("the key {} is given twice", shown(text, &place))).label("given here again")
        }
        message if message.starts_with("invalid date") && is_no_day(written(text, &place)) => {
            no_such_day(&place, written(text, &place))
        }
        message => Mistake::error(&place, "this is not TOML").label(message),
    }
}

fn shown(text: &str, place: &Place) -> String {
    format!("\"{}\"", written(text, place).trim_matches(['"', '\'']))
}

/// What stands at a place.
fn written<'a>(text: &'a str, place: &Place) -> &'a str {
    text.get(place.span.clone()).unwrap_or_default()
}

/// A range of at least one character where the text has one.
fn widen(text: &str, span: Range<usize>) -> Range<usize> {
    if span.start < span.end {
        return span;
    }
    let after = text[span.start.min(text.len())..].chars().next().filter(|c| *c != '\n' && *c != '\r');
    after.map_or(span.clone(), |c| span.start..span.start + c.len_utf8())
}

fn node(span: Range<usize>, value: DeValue<'_>, file: FileId, mistakes: &mut Mistakes) -> Node {
    let place = Place { file, span };
    let data = match value {
        DeValue::String(text) => Data::Text(text.into_owned()),
        DeValue::Integer(number) => integer(number.as_str(), number.radix(), &place, mistakes),
        DeValue::Float(number) => Data::Float(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Data::Bool(yes),
        DeValue::Datetime(date) => Data::Date(date.to_string()),
        DeValue::Array(items) => {
            Data::Array(items.into_iter().map(|item| node(item.span(), item.into_inner(), file, mistakes)).collect())
        }
        DeValue::Table(table) => entries(table, file, mistakes),
    };
    Node { place, data }
}

fn integer(digits: &str, radix: u32, place: &Place, mistakes: &mut Mistakes) -> Data {
    Data::Integer(i128::from_str_radix(digits, radix).unwrap_or_else(|_| {
        mistakes.push(Mistake::error(place, "this number is too large"));
        0
    }))
}

fn entries(table: DeTable<'_>, file: FileId, mistakes: &mut Mistakes) -> Data {
    let mut entries: Vec<(Key, Node)> = table
        .into_iter()
        .map(|(key, value)| {
            let place = Place { file, span: key.span() };
            let value = node(value.span(), value.into_inner(), file, mistakes);
            (Key { name: key.into_inner().into_owned(), place }, value)
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.place.span.start);
    Data::Table(entries)
}

fn shift(node: &mut Node, offset: usize) {
    let moved = |place: &mut Place| place.span = place.span.start + offset..place.span.end + offset;
    moved(&mut node.place);
    match &mut node.data {
        Data::Array(items) => items.iter_mut().for_each(|item| shift(item, offset)),
        Data::Table(entries) => {
            for (key, value) in entries {
                moved(&mut key.place);
                shift(value, offset);
            }
        }
        Data::Text(_) | Data::Integer(_) | Data::Float(_) | Data::Bool(_) | Data::Date(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Sources;
    use super::*;

    fn read(text: &str) -> (Node, Vec<Mistake>) {
        let file = Sources::new().add("a.toml", text);
        let mut mistakes = Mistakes::new();
        let node = parse(text, file, &mut mistakes);
        (node, mistakes.into_sorted())
    }

    #[test]
    fn keeps_the_order_of_the_file() {
        let (node, mistakes) = read("[m.\"z/1\"]\na = 1\n[m.b]\n[m.a]\nx.y = 2");
        assert!(mistakes.is_empty());
        let names: Vec<&str> =
            node.get("m").and_then(Node::entries).unwrap_or_default().iter().map(|(key, _)| key.name.as_str()).collect();
        assert_eq!(names, ["z/1", "b", "a"]);
    }

    #[test]
    fn finds_every_syntax_error() {
        let (_, mistakes) = read("a = = 1\nb = 2\nb = 3\nc = [1,\n");
        assert_eq!(mistakes.len(), 3, "{mistakes:?}");
        assert!(mistakes.iter().any(|mistake| mistake.what == "the key \"b\" is given twice"));
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_riddle_of_syntax() {
        for day in ["2026-02-30", "2026-13-01", "2026-02-30T12:00:00Z"] {
            let (_, mistakes) = read(&format!("a = {day} # a day\n"));
            assert_eq!((mistakes.len(), mistakes[0].what.as_str()), (1, format!("{day} is no date").as_str()));
            assert_eq!(mistakes[0].label, "no such day in the calendar");
        }
        assert_eq!(read("a = 2026-01-01T25:00:00").1[0].what, "this is not TOML");
    }

    #[test]
    fn no_text_panics() {
        for text in [
            "",
            "\u{feff}",
            "=",
            "[",
            "[[",
            "a",
            "a.",
            "a=",
            "\"",
            "a = \"\u{1F600}",
            "a = 9999999999999999999999999999999999999999999",
        ] {
            let _ = read(text);
        }
    }

    #[test]
    fn a_value_stands_where_it_is_said_to_stand() {
        let file = Sources::new().add("--set", "a=[1, 2]");
        let node = parse_value("[1, 2]", file, 2).expect("a value");
        assert_eq!(node.place.span, 2..8);
        assert!(parse_value("2s", file, 0).is_none());
    }
}
