//! `table!`: a table of the file and the struct that it is read into, declared once.

/// Declares a table: a struct with public fields, its reader and its schema.
///
/// ```text
/// spec::table! {
///     /// When a request is tried again.
///     pub struct Retry {
///         /// Attempts in all.
///         attempts: u32 = 3,
///         /// The share of finals; the key in the file is `final`.
///         final_share as "final": Share = "20%",
///         /// Which outcomes are tried again.
///         on: Option<Vec<Located<OutcomeWord>>>,
///         /// A field without a default that is not an option is required.
///         cap: SimDuration,
///     }
/// }
/// ```
///
/// Each item needs a doc comment: it becomes the description in the schema. A default is written as the
/// user would write it in the file (`3`, `"2s"`, `true`, `["failed"]`) and is read as if it stood there.
macro_rules! table {
    (
        $(#[doc = $about:literal])+
        $(#[derive($($derive:path),+ $(,)?)])?
        $vis:vis struct $name:ident $(<$($generic:ident),+>)? {
            $(
                $(#[doc = $doc:literal])+
                $field:ident $(as $key:literal)? : $type:ty $(= $default:expr)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone $(, $($derive),+)?)]
        $vis struct $name $(<$($generic),+>)? {
            $( $(#[doc = $doc])+ pub $field: $type, )*
        }

        impl $(<$($generic: $crate::spec::Field),+>)? $crate::spec::Field for $name $(<$($generic),+>)? {
            fn read(node: &$crate::spec::Node, reader: &mut $crate::spec::Reader) -> Option<Self> {
                let table = reader.table(node, &[$($crate::spec::key!($field $(as $key)?)),*])?;
                // Every field is read before the first failure counts, so that every mistake is found.
                $(
                    let $field = table.field::<$type>(
                        $crate::spec::key!($field $(as $key)?),
                        $crate::spec::default!($($default)?).as_ref(),
                        reader,
                    );
                )*
                Some(Self { $($field: $field?),* })
            }

            fn schema() -> ::serde_json::Value {
                let mut schema = $crate::spec::TableSchema::new(&[$($about),+]);
                $(
                    schema.add::<$type>(
                        $crate::spec::key!($field $(as $key)?),
                        &[$($doc),+],
                        $crate::spec::default!($($default)?),
                    );
                )*
                schema.finish()
            }
        }
    };
}

/// The key of a field: its name, or what `as` says.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident as $key:literal) => {
        $key
    };
}

/// A declared default as JSON.
macro_rules! default {
    () => {
        None::<::serde_json::Value>
    };
    ($default:expr) => {
        Some(::serde_json::json!($default))
    };
}

pub(crate) use {default, key, table};

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public items")]
mod tests {
    use crate::spec::{Field, Located, Mistake, Mistakes, Named, Reader, Sources, parse, render};
    use crate::units::{Share, SimDuration};

    crate::spec::table! {
        /// When a request
        /// is tried again.
        pub struct Retry {
            /// Attempts in all.
            attempts: u32 = 3,
            /// The first wait.
            base: SimDuration,
            /// The share of finals.
            final_share as "final": Share = "20%",
            /// Words.
            on: Vec<Located<String>> = ["failed"],
            /// Any names.
            others: Option<Named<u64>>,
        }
    }

    fn read(text: &str) -> (Option<Retry>, Sources, Vec<Mistake>) {
        let mut sources = Sources::new();
        let file = sources.add("retry.toml", text);
        let mut syntax = Mistakes::new();
        let node = parse(text, file, &mut syntax);
        let mut reader = Reader::new();
        let retry = Retry::read(&node, &mut reader);
        syntax.extend(reader.into_mistakes().into_sorted());
        (retry, sources, syntax.into_sorted())
    }

    #[test]
    fn reads_values_and_defaults() {
        let (retry, _, mistakes) = read("base = \"2s\"\n[others]\nb = 1\na = \"20k\"\n");
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let retry = retry.expect("no mistakes");
        assert_eq!((retry.attempts, retry.base.micros(), retry.final_share.get()), (3, 2_000_000, 0.2));
        assert_eq!(retry.on[0].value, "failed");
        let others = retry.others.expect("given");
        assert_eq!(others.names().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(others.get("a"), Some(&20_000));
    }

    #[test]
    fn shows_every_mistake_with_its_place() {
        let (retry, sources, mistakes) = read("atempts = 3\nfinal = \"120%\"\non = [1, \"a\"]\nothers = \"a\"\n");
        assert!(retry.is_none());
        let expected = r#"error: the key "base" is missing
--> retry.toml
 = help: add it, for example: base = "2s"

error: unknown key "atempts"
 --> retry.toml:1:1
  |
1 | atempts = 3
  | ^^^^^^^ not a key of this table
  |
  = help: did you mean "attempts"? allowed: attempts, base, final, on, others

error: "120%" is more than 100%
 --> retry.toml:2:9
  |
2 | final = "120%"
  |         ^^^^^^ expected a share such as "20%", from 0% to 100%

error: expected a text, found an integer
 --> retry.toml:3:7
  |
3 | on = [1, "a"]
  |       ^ of the wrong type

error: expected a table of named entries, found a text
 --> retry.toml:4:10
  |
4 | others = "a"
  |          ^^^ of the wrong type
"#;
        assert_eq!(render(&sources, &mistakes, false), expected);
    }

    #[test]
    fn describes_itself() {
        let schema = Retry::schema();
        assert_eq!(schema["description"], "When a request is tried again.");
        assert_eq!(schema["required"], serde_json::json!(["base"]));
        assert_eq!(schema["properties"]["final"]["default"], "20%");
        assert_eq!(schema["properties"]["final"]["description"], "The share of finals.");
    }
}
