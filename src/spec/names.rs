//! `names!`: a text that names an entry of another table.

/// Declares a name that must exist elsewhere in the file.
///
/// ```text
/// spec::names! {
///     /// A model of the scenario or of its catalogues.
///     pub struct ModelName: "model";
/// }
/// ```
///
/// The reader accepts the names that were given to [`Reader::declare`](crate::spec::Reader::declare) for
/// that kind, and any name where none were. An unknown name is a mistake and is read all the same, so that what else is
/// wrong around it is found.
macro_rules! names {
    ($( $(#[doc = $about:literal])+ $vis:vis struct $name:ident: $kind:literal; )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        $vis struct $name(pub $crate::spec::Located<String>);

        impl $name {
            /// What kind of name it is.
            pub const KIND: &'static str = $kind;

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0.value
            }
        }

        impl $crate::spec::Field for $name {
            fn read(node: &$crate::spec::Node, reader: &mut $crate::spec::Reader) -> Option<Self> {
                let name = <$crate::spec::Located<String> as $crate::spec::Field>::read(node, reader)?;
                let unknown = reader.declared($kind).filter(|known| !known.contains(&name.value)).map(<[String]>::to_vec);
                if let Some(known) = unknown {
                    reader.unknown_name(&name.place, $kind, &name.value, &known);
                }
                Some(Self(name))
            }

            fn schema() -> ::serde_json::Value {
                ::serde_json::json!({ "type": "string", "description": $crate::spec::description(&[$($about),+]) })
            }
        }
    )+};
}

pub(crate) use names;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public items")]
mod tests {
    use crate::spec::{Field, Reader, Sources, parse_value};

    crate::spec::names! {
        /// A model.
        pub struct ModelName: "model";
    }

    #[test]
    fn only_declared_names_pass() {
        let file = Sources::new().add("a.toml", "");
        let node = parse_value("\"imagen\"", file, 0).expect("TOML");
        let mut reader = Reader::new();
        assert_eq!(ModelName::read(&node, &mut reader).expect("none declared").as_str(), "imagen");
        reader.declare(ModelName::KIND, vec!["google/imagen".to_owned()]);
        assert!(ModelName::read(&node, &mut reader).is_some());
        let mistakes = reader.into_mistakes().into_sorted();
        assert_eq!(mistakes[0].what, "unknown model \"imagen\"");
    }
}
