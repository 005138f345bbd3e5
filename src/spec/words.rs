//! `words!`: a text out of a list.

/// Declares an enum that is written as one of a list of words, or makes an enum of another module readable.
///
/// ```text
/// spec::words! {
///     /// How waits are spread.
///     pub enum Jitter {
///         /// Not at all.
///         "none" => None,
///         /// Anywhere from nothing to the wait.
///         "full" => Full,
///     }
/// }
/// spec::words! {
///     /// How an attempt ended.
///     for Outcome {
///         /// The provider failed.
///         "failed" => Failed,
///     }
/// }
/// ```
///
/// The enum is `Copy` and `Eq`.
macro_rules! words {
    (
        $(#[doc = $about:literal])+
        $vis:vis enum $name:ident {
            $( $(#[doc = $doc:literal])+ $word:literal => $variant:ident ),+ $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $( $(#[doc = $doc])+ $variant, )+
        }

        $crate::spec::words! {
            $(#[doc = $about])+
            for $name {
                $( $(#[doc = $doc])+ $word => $variant ),+
            }
        }
    };
    (
        $(#[doc = $about:literal])+
        for $name:ty {
            $( $(#[doc = $doc:literal])+ $word:literal => $variant:ident ),+ $(,)?
        }
    ) => {
        impl $crate::spec::Field for $name {
            fn read(node: &$crate::spec::Node, reader: &mut $crate::spec::Reader) -> Option<Self> {
                let word = <String as $crate::spec::Field>::read(node, reader)?;
                match word.as_str() {
                    $( $word => Some(Self::$variant), )+
                    _ => {
                        reader.unknown_name(&node.place, "word", &word, &[$($word),+]);
                        None
                    }
                }
            }

            fn schema() -> ::serde_json::Value {
                $crate::spec::words_schema(&[$($about),+], &[$(($word, &[$($doc),+])),+])
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public items")]
mod tests {
    use crate::spec::{Field, Reader, Sources, parse_value};

    crate::spec::words! {
        /// How waits are spread.
        pub enum Jitter {
            /// Not at all.
            "none" => None,
            /// Anywhere.
            "full" => Full,
        }
    }

    #[test]
    fn only_the_words_are_read() {
        let file = Sources::new().add("a.toml", "");
        let mut reader = Reader::new();
        let mut read = |text| Jitter::read(&parse_value(text, file, 0).expect("TOML"), &mut reader);
        assert_eq!(read("\"none\""), Some(Jitter::None));
        assert_eq!(read("\"full\""), Some(Jitter::Full));
        assert_eq!(read("\"ful\""), None);
        let mistakes = reader.into_mistakes().into_sorted();
        assert_eq!(mistakes[0].help.as_deref(), Some("did you mean \"full\"? allowed: none, full"));
        assert_eq!(Jitter::schema()["enum"], serde_json::json!(["none", "full"]));
    }
}
