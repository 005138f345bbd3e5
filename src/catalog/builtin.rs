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
    use crate::catalog::{Book, BookFile};
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

    /// What the header of `book.toml` says was taken of the tables that the facts were collected in.
    #[test]
    fn every_row_that_was_taken_is_there() {
        let book = Book::builtin("2026-11").expect("built in");
        let sum = |count: fn(&BookFile) -> usize| book.files.iter().map(count).sum::<usize>();
        let counts = [
            ("prices", book.rates.iter().map(|list| list.rows.len()).sum()),
            ("tokens", book.tokens.iter().map(|list| list.rows.len()).sum()),
            ("limits", sum(|file| file.limits.iter().flatten().map(|list| list.rows.len()).sum())),
            ("lifecycle", sum(|file| file.events.iter().flatten().count())),
            ("policies", sum(|file| file.policies.iter().flatten().count())),
            ("latency", sum(|file| file.latencies.iter().flatten().map(|list| list.rows.len()).sum())),
        ];
        let statements = sum(|file| file.statements.iter().flatten().count());
        let taken = [("prices", 1355), ("tokens", 126), ("limits", 102), ("lifecycle", 111), ("policies", 108), ("latency", 85)];
        assert_eq!((counts, statements), (taken, 8));
        let (_, header) = LIST_2026_11.iter().find(|(path, _)| path.ends_with("book.toml")).expect("it is there");
        for (table, count) in taken {
            let row = header.lines().find(|line| line.starts_with(&format!("# | {table} "))).expect("a row of the header");
            assert_eq!(row.split('|').nth(3).map(str::trim), Some(count.to_string().as_str()), "{table}");
        }
    }

    /// The tables' known bugs of LiteLLM are not taken, and nothing of the article's is.
    #[test]
    fn nothing_that_must_not_be_used_is_there() {
        for (path, text) in LIST_2026_11 {
            assert!(!text.contains("KNOWN-BUG") && !text.contains("source = \"seed\""), "{path}");
            assert!(text.lines().count() <= 600, "{path} is longer than 600 lines");
        }
    }

    /// Everything that the article names, with its figures.
    #[test]
    fn the_article_is_complete() {
        let text: String = ARTICLE.iter().map(|(_, text)| *text).collect();
        let names = [
            "openai/dall-e-2",
            "openai/dall-e-3",
            "openai/dall-e-3-enterprise",
            "anthropic/claude-image",
            "google/imagen-3",
            "google/gemini-image",
            "midjourney/image",
            "stability/stable-diffusion",
            "stability/sdxl",
            "stability/sd-3.5",
            "deepseek/image",
            "qwen/image",
            "mistral/image",
            "tokenmix",
            "openrouter",
            "litellm",
            "portkey",
        ];
        let figures = [
            "0.040 USD",
            "0.080 USD",
            "5/min",
            "50/min",
            "thousands of USD per month",
            "0.007 USD",
            "0.015 USD",
            "0.005 USD",
            "0.012 USD",
            "0.003 USD",
            "0.025 USD",
            "171 models, 14 providers",
            "60-80%",
            "50%",
            "5 dashboards",
            "50-150 ms",
            "5-15%",
            "3 developers",
            "100,000 images per month",
            "20%",
            "99%",
            "2x",
            "2.4x",
            "quarterly",
        ];
        for word in names.iter().chain(&figures) {
            assert!(text.contains(&format!("\"{word}\"")), "{word} is missing");
        }
    }
}
