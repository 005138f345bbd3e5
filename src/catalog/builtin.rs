//! The files of the built-in price books, as they lie under `catalog/`.

/// The names of the built-in price books.
pub const NAMES: [&str; 1] = ["article"];

/// A file's path in the repository, and its text.
pub type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $path)))),*]
    };
}

/// What the article that the project was created from says, as of its own date.
const ARTICLE: &[File] = files![
    "catalog/article/anthropic.toml",
    "catalog/article/deepseek.toml",
    "catalog/article/gateways.toml",
    "catalog/article/google.toml",
    "catalog/article/midjourney.toml",
    "catalog/article/mistral.toml",
    "catalog/article/openai.toml",
    "catalog/article/qwen.toml",
    "catalog/article/stability.toml",
    "catalog/article/tactics.toml",
];

/// The files of a built-in price book, in the order in which they are read.
pub fn files(name: &str) -> Option<&'static [File]> {
    match name {
        "article" => Some(ARTICLE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::BookFile;
    use crate::spec::{Field, Mistakes, Reader, Sources, parse};

    #[test]
    fn every_file_reads_without_a_mistake() {
        for (path, text) in NAMES.iter().flat_map(|name| files(name).unwrap_or_default()) {
            let mut mistakes = Mistakes::new();
            let mut reader = Reader::new();
            let node = parse(text, Sources::new().add(*path, *text), &mut mistakes);
            BookFile::read(&node, &mut reader);
            mistakes.extend(reader.into_mistakes().into_sorted());
            assert_eq!(mistakes.into_sorted(), [], "{path}");
        }
    }
}
