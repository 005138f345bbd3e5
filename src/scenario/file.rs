//! One TOML file: bytes to a tree, with the mistakes that hide everything else.

use std::path::Path;

use crate::spec::{Data, Mistake, Mistakes, Node, Place, Sources, parse};

/// How files are read: the caller's file system, or a test's.
pub(super) type ReadFile<'a> = &'a dyn Fn(&Path) -> std::io::Result<Vec<u8>>;

/// Reads a file into a tree. `None` after mistakes that leave no tree to go on with. A file that cannot be
/// read is a mistake where it is `named`, or of its own where nothing names it.
pub(super) fn read(
    path: &Path,
    named: Option<&Place>,
    read_file: ReadFile<'_>,
    sources: &mut Sources,
    mistakes: &mut Mistakes,
) -> Option<Node> {
    let name = path.display().to_string();
    match read_file(path) {
        Ok(bytes) => decode(&name, bytes, sources, mistakes).and_then(|text| tree(&name, &text, sources, mistakes)),
        Err(reason) => {
            let place = named.cloned().unwrap_or_else(|| Place::whole(sources.add(name.clone(), "")));
            mistakes.push(Mistake::error(&place, format!("cannot read {name}: {}", plain(&reason))));
            None
        }
    }
}

/// Parses a text into a tree. `None` where it is no TOML or empty.
pub(super) fn tree(name: &str, text: &str, sources: &mut Sources, mistakes: &mut Mistakes) -> Option<Node> {
    let file = sources.add(name, text);
    let mut syntax = Mistakes::new();
    let node = parse(text, file, &mut syntax);
    // A repeated key leaves a tree that can be read; after any other error, what follows is guesswork.
    let found = syntax.into_sorted();
    let readable = found.iter().all(|mistake| mistake.what.ends_with("is given twice"));
    let empty = found.is_empty() && matches!(&node.data, Data::Table(entries) if entries.is_empty());
    mistakes.extend(found);
    if empty {
        let mistake = Mistake::error(&Place::whole(file), format!("{name} is empty"));
        mistakes.push(mistake.help("`spendcast init` writes a scenario to start from"));
    }
    (readable && !empty).then_some(node)
}

fn decode(name: &str, bytes: Vec<u8>, sources: &mut Sources, mistakes: &mut Mistakes) -> Option<String> {
    String::from_utf8(bytes)
        .map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let place = Place { file: sources.add(name, text), span: at..at + char::REPLACEMENT_CHARACTER.len_utf8() };
            mistakes.push(Mistake::error(&place, format!("{name} is not UTF-8")).label("these bytes are no character"));
        })
        .ok()
}

/// The reason without the number of the operating system's error.
fn plain(reason: &std::io::Error) -> String {
    match reason.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => reason.to_string(),
    }
}
