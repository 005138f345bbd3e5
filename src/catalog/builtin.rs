//! The files of the built-in price books, as they lie under `catalog/`.

/// The names of the built-in price books.
pub const NAMES: [&str; 2] = ["2026-11", "article"];

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

/// Public list prices, as far as they could be found until 2026-11-22. What was taken and left out: `book.toml`.
const LIST_2026_11: &[File] = files![
    "catalog/2026-11/aws-bedrock.toml",
    "catalog/2026-11/azure-litellm.toml",
    "catalog/2026-11/azure-superseded.toml",
    "catalog/2026-11/azure-tokens.toml",
    "catalog/2026-11/azure.toml",
    "catalog/2026-11/black-forest-labs.toml",
    "catalog/2026-11/book.toml",
    "catalog/2026-11/fal-litellm.toml",
    "catalog/2026-11/fal-superseded.toml",
    "catalog/2026-11/fal.toml",
    "catalog/2026-11/fireworks.toml",
    "catalog/2026-11/gateways.toml",
    "catalog/2026-11/google-litellm.toml",
    "catalog/2026-11/google-rules.toml",
    "catalog/2026-11/google-superseded.toml",
    "catalog/2026-11/google-tokens.toml",
    "catalog/2026-11/google.toml",
    "catalog/2026-11/ideogram.toml",
    "catalog/2026-11/no-image-api.toml",
    "catalog/2026-11/openai-limits.toml",
    "catalog/2026-11/openai-litellm.toml",
    "catalog/2026-11/openai-rules.toml",
    "catalog/2026-11/openai-superseded.toml",
    "catalog/2026-11/openai-tokens.toml",
    "catalog/2026-11/openai.toml",
    "catalog/2026-11/others.toml",
    "catalog/2026-11/recraft.toml",
    "catalog/2026-11/replicate.toml",
    "catalog/2026-11/resellers.toml",
    "catalog/2026-11/stability.toml",
    "catalog/2026-11/together.toml",
    "catalog/2026-11/xai.toml",
];

/// The files of a built-in price book, in the order in which they are read.
pub fn files(name: &str) -> Option<&'static [File]> {
    match name {
        "2026-11" => Some(LIST_2026_11),
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
