//! The texts that values come from, and places in them.

use std::ops::Range;

/// One of the texts in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A range of bytes in one text. An empty range at 0 stands for the whole text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The text.
    pub file: FileId,
    /// The bytes.
    pub span: Range<usize>,
}

impl Place {
    /// The whole of a text.
    pub const fn whole(file: FileId) -> Self {
        Self { file, span: 0..0 }
    }

    /// Whether this stands for the whole text.
    pub fn is_whole(&self) -> bool {
        self.span == (0..0)
    }
}

/// The texts that were read, by id, with the names they are shown under.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<(String, String)>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a text under the name that messages show.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push((name.into(), text.into()));
        FileId(self.files.len() - 1)
    }

    /// The name of a text, empty for an id of other sources.
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |(name, _)| name)
    }

    /// A text, empty for an id of other sources.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |(_, text)| text)
    }

    /// The line and column of a place's start, both from 1; columns count characters.
    pub fn line_column(&self, place: &Place) -> (usize, usize) {
        let text = self.text(place.file);
        let before = text.get(..place.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::new();
        let file = sources.add("a.toml", "x = 1\nä = 2\n");
        assert_eq!(sources.line_column(&Place { file, span: 9..10 }), (2, 3));
        assert_eq!(sources.line_column(&Place { file, span: 99..100 }), (3, 1));
    }
}
