//! `checked!`: a value with a range of its own.

/// Declares a newtype over a readable type whose value must pass a check.
///
/// ```text
/// spec::checked! {
///     /// How long is simulated.
///     pub struct Horizon(SimDuration): |length| *length > SimDuration::ZERO, "more than nothing", "30d";
/// }
/// ```
///
/// The text says what is expected where the check fails; the second value is an example.
macro_rules! checked {
    ($( $(#[doc = $about:literal])+ $vis:vis struct $name:ident($type:ty): |$value:ident| $check:expr, $expected:literal, $example:literal; )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq)]
        $vis struct $name(pub $type);

        impl $crate::spec::Field for $name {
            fn read(node: &$crate::spec::Node, reader: &mut $crate::spec::Reader) -> Option<Self> {
                let read = <$type as $crate::spec::Field>::read(node, reader)?;
                let $value = &read;
                if $check {
                    return Some(Self(read));
                }
                let mistake = $crate::spec::Mistake::error(&node.place, format!("{read} is out of range"));
                reader.push(mistake.label(format!("expected {}", $expected)));
                None
            }

            fn example() -> Option<String> {
                Some(stringify!($example).to_owned())
            }

            fn schema() -> ::serde_json::Value {
                let mut schema = <$type as $crate::spec::Field>::schema();
                schema["examples"] = ::serde_json::json!([$example]);
                schema
            }
        }
    )+};
}

pub(crate) use checked;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public items")]
mod tests {
    use crate::spec::{Field, Reader, Sources, parse_value};

    crate::spec::checked! {
        /// A number.
        pub struct Replications(u32): |count| *count >= 1, "at least 1", 1000;
    }

    #[test]
    fn only_what_passes_is_read() {
        let file = Sources::new().add("a.toml", "");
        let mut reader = Reader::new();
        let mut read = |text| Replications::read(&parse_value(text, file, 0).expect("TOML"), &mut reader);
        assert_eq!(read("1").map(|count| count.0), Some(1));
        assert_eq!(read("0"), None);
        let mistakes = reader.into_mistakes().into_sorted();
        assert_eq!((mistakes[0].what.as_str(), mistakes[0].label.as_str()), ("0 is out of range", "expected at least 1"));
    }
}
