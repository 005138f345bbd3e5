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

/// What the article that the project was created from says.
const ARTICLE: &[File] = files!["catalog/article/placeholder.toml"];

/// The files of a built-in price book, in the order in which they are read.
pub fn files(name: &str) -> Option<&'static [File]> {
    match name {
        "article" => Some(ARTICLE),
        _ => None,
    }
}
