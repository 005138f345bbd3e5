//! What is wrong with a price book beyond the form of its files.

use std::collections::BTreeMap;

use super::{Book, Price, RateList};
use crate::spec::{Located, Mistake, Mistakes, Named, Place};

/// Finds what contradicts itself or leads nowhere.
pub fn check(book: &Book, mistakes: &mut Mistakes) {
    for list in &book.rates {
        rates(list, mistakes);
    }
    duplicates(book, mistakes);
    for file in &book.files {
        for (name, _) in file.models.iter().flatten() {
            well_named(name, mistakes);
        }
        for event in file.events.iter().flatten() {
            if event.on.is_some() == event.period.is_some() {
                let what = "an event has either a day or a period";
                mistakes.push(
                    Mistake::error(&event.source.place, what).label("of this event").help("give exactly one of: on, period"),
                );
            }
        }
        for list in file.limits.iter().flatten() {
            dated(&list.date, mistakes);
        }
        if let Some(imported) = file.imported.as_ref().filter(|imported| !is_sha256(&imported.sha256)) {
            mistakes.push(Mistake::error(&imported.sha256.place, "this is no SHA-256").label("expected 64 hexadecimal digits"));
        }
    }
    names(book, mistakes);
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn well_named(name: &Located<String>, mistakes: &mut Mistakes) {
    if name.split_once('/').is_none_or(|(provider, model)| provider.is_empty() || model.is_empty()) {
        let mistake = Mistake::error(&name.place, format!("\"{}\" is no name of a model", name.value));
        mistakes.push(mistake.label("expected provider/model"));
    }
}

fn dated(date: &Located<String>, mistakes: &mut Mistakes) {
    let plausible = |text: &str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-/.".contains(&byte));
    if date.value != "unknown" && !plausible(&date.value) {
        let mistake = Mistake::error(&date.place, format!("{:?} is no date", date.value));
        mistakes.push(mistake.label("expected \"2026-11-22\", \"2026-11\", \"2026\" or \"unknown\""));
    }
}

fn rates(list: &RateList, mistakes: &mut Mistakes) {
    well_named(&list.model, mistakes);
    dated(&list.date, mistakes);
    if let (Some(from), Some(to)) = (&list.from, &list.to)
        && to.civil <= from.civil
    {
        mistakes
            .push(Mistake::error(&to.place, "these prices end before they begin").label(format!("they begin on {}", from.value)));
    }
    if list.rows.is_empty() {
        mistakes.push(Mistake::error(&list.model.place, "a list without prices").label("has no rows"));
    }
}

/// Everything that makes a price another one.
fn identity(Price { list, row }: Price<'_>) -> String {
    let size = row.size.as_ref().map(ToString::to_string);
    let dates = [&list.from, &list.to].map(|date| date.as_ref().map(|date| date.value.to_string()));
    format!(
        "{:?}",
        (
            &list.model.value,
            row.unit.value,
            size,
            &row.quality,
            row.steps,
            &list.region,
            &list.operation,
            dates,
            &list.source,
            &list.date.value
        )
    )
}

fn duplicates(book: &Book, mistakes: &mut Mistakes) {
    let mut seen: BTreeMap<String, &Place> = BTreeMap::new();
    for price in book.rates.iter().flat_map(|list| list.rows.iter().map(move |row| Price { list, row })) {
        if seen.insert(identity(price), &price.row.unit.place).is_some() {
            let what = format!("{} has this price twice from one source", price.list.model.value);
            mistakes.push(
                Mistake::error(&price.row.unit.place, what).label("given again").help("take one away, or name another source"),
            );
        }
    }
}

/// Names that lead nowhere: no scenario can ask for them.
fn names(book: &Book, mistakes: &mut Mistakes) {
    let models: Vec<&str> = book.files.iter().flat_map(|file| file.models.iter().flat_map(Named::names)).collect();
    let unknown = |name: &Located<String>| {
        let mistake = Mistake::warning(&name.place, format!("{} is not among the models of the book", name.value));
        let near = crate::spec::nearest(&name.value, &models).map(|near| format!("did you mean \"{near}\"?"));
        let help = near.unwrap_or_else(|| format!("add it: [models]\n\"{}\" = {{}}", name.value));
        mistake.label("no scenario can ask for it").help(help)
    };
    let images =
        book.rates.iter().filter(|list| list.rows.iter().any(|row| row.unit.base.makes_images())).map(|list| &list.model);
    let counted = book.tokens.iter().flat_map(|list| &list.models.0);
    for name in images.chain(counted).filter(|name| !models.contains(&name.value.as_str())) {
        mistakes.push(unknown(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::builtin;
    use crate::spec::Sources;

    fn check_text(text: &str) -> Vec<(String, (usize, usize))> {
        let (mut sources, mut mistakes) = (Sources::new(), Mistakes::new());
        let book = Book::read("test", [("test.toml", text)], &mut sources, &mut mistakes);
        check(&book, &mut mistakes);
        mistakes.into_sorted().into_iter().map(|mistake| (mistake.what, sources.line_column(&mistake.place))).collect()
    }

    #[test]
    fn the_books_that_ship_have_no_mistake() {
        for name in builtin::NAMES {
            let book = Book::builtin(name).expect("built in");
            let mut mistakes = Mistakes::new();
            check(&book, &mut mistakes);
            assert_eq!(mistakes.into_sorted(), [], "{name}");
        }
    }

    #[test]
    fn every_mistake_is_found_at_its_place() {
        let text = "title = \"t\"\nretrieved = 2026-01-01\n[models]\n\"b\" = {}\n[[rates]]\nmodel = \"a/x\"\nfrom = 2026-02-01\nto = 2026-01-01\n\
            source = \"s\"\ndate = \"soon\"\nconfidence = \"high\"\nrows = [\n{ unit = \"per_image\", usd = \"1\" },\n{ unit = \"per_image\", usd = \"2\" },\n]\n\
            [[events]]\nmodels = \"a/x\"\nevent = \"launch\"\nsource = \"s\"\n";
        let expected = [
            ("\"b\" is no name of a model", (4, 1)),
            ("a/x is not among the models of the book", (6, 9)),
            ("these prices end before they begin", (8, 6)),
            ("\"soon\" is no date", (10, 8)),
            ("a/x has this price twice from one source", (14, 10)),
            ("an event has either a day or a period", (19, 10)),
        ];
        assert_eq!(check_text(text), expected.map(|(what, at)| (what.to_owned(), at)));
        let form = check_text(
            "title = \"t\"\nretrieved = 2026-01-01\n[[rates]]\nmodel = \"a/x\"\nsource = \"s\"\ndate = \"2026\"\nconfidence = \"hihg\"\nrows = [{ unit = \"per_imag\", usd = \"-1\", size = \"big\" }]\n",
        );
        let whats: Vec<&str> = form.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(whats, ["unknown word \"hihg\"", "unknown unit \"per_imag\"", "\"-1\" is not a price", "\"big\" is no size"]);
    }
}
