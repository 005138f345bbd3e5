//! `choice!`: one of several, written as a table with exactly one of the keys.

/// Declares a choice: an enum, its reader and its schema.
///
/// ```text
/// spec::choice! {
///     /// How journeys arrive.
///     pub enum Arrivals {
///         /// At random, at a constant rate.
///         poisson => Poisson(PoissonSpec),
///         /// From a file.
///         recorded => Recorded(RecordedSpec),
///         _ => Plain(Rate),
///     }
/// }
/// ```
///
/// The file says `[workload.arrivals.poisson]`. The last line is optional: it takes a value that is no
/// table (`arrivals = "5/min"`).
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        $(#[derive($($derive:path),+ $(,)?)])?
        $vis:vis enum $name:ident $(<$($generic:ident),+>)? {
            $(
                $(#[doc = $doc:literal])+
                $key:ident => $variant:ident($type:ty)
            ),+
            $(, _ => $plain:ident($plain_type:ty))?
            $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone $(, $($derive),+)?)]
        $vis enum $name $(<$($generic),+>)? {
            $( $(#[doc = $doc])+ $variant($type), )+
            $(
                /// A plain value in place of a table.
                $plain($plain_type),
            )?
        }

        impl $(<$($generic: $crate::spec::Field),+>)? $crate::spec::Field for $name $(<$($generic),+>)? {
            fn read(node: &$crate::spec::Node, reader: &mut $crate::spec::Reader) -> Option<Self> {
                $(
                    if node.entries().is_none() {
                        return <$plain_type as $crate::spec::Field>::read(node, reader).map(Self::$plain);
                    }
                )?
                let (key, value) = reader.one_of(node, &[$(stringify!($key)),+])?;
                match key {
                    $( stringify!($key) => <$type as $crate::spec::Field>::read(value, reader).map(Self::$variant), )+
                    _ => None,
                }
            }

            fn schema() -> ::serde_json::Value {
                let plain: [::serde_json::Value; _] = [$(<$plain_type as $crate::spec::Field>::schema())?];
                $crate::spec::choice_schema(
                    &[$($about),+],
                    vec![$((stringify!($key), &[$($doc),+], <$type as $crate::spec::Field>::schema())),+],
                    plain.into_iter().next(),
                )
            }
        }
    };
}

pub(crate) use choice;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public items")]
mod tests {
    use crate::spec::{Field, Mistakes, Reader, Sources, parse};
    use crate::units::{Rate, SimDuration};

    crate::spec::choice! {
        /// How journeys arrive.
        pub enum Arrivals {
            /// One every so often.
            every => Every(SimDuration),
            /// At random.
            poisson => Poisson(Rate),
            _ => Plain(Rate),
        }
    }

    crate::spec::choice! {
        /// One of two.
        pub enum Either<T> {
            /// The first.
            final => First(T),
            /// The second.
            other => Second(Vec<T>),
        }
    }

    crate::spec::table! {
        /// The file.
        pub struct File {
            /// A choice with a plain form.
            arrivals: Arrivals,
            /// A choice without.
            either: Option<Either<u32>>,
        }
    }

    fn read(text: &str) -> Result<File, Vec<String>> {
        let file = Sources::new().add("a.toml", text);
        let mut mistakes = Mistakes::new();
        let node = parse(text, file, &mut mistakes);
        let mut reader = Reader::new();
        let read = File::read(&node, &mut reader);
        mistakes.extend(reader.into_mistakes().into_sorted());
        read.ok_or_else(|| mistakes.into_sorted().into_iter().map(|mistake| mistake.what).collect())
    }

    #[test]
    fn exactly_one_is_chosen() {
        assert!(
            matches!(read("arrivals.every = \"2s\"").expect("valid").arrivals, Arrivals::Every(wait) if wait.micros() == 2_000_000)
        );
        let both = read("arrivals = \"5/min\"\neither.other = [1]").expect("valid");
        assert!(matches!(both.arrivals, Arrivals::Plain(rate) if rate.count == 5));
        assert!(matches!(both.either, Some(Either::Second(numbers)) if numbers == [1]));
        let first = read("arrivals.poisson = \"5/min\"\neither.final = 1").expect("valid");
        assert!(matches!(first.arrivals, Arrivals::Poisson(rate) if rate.count == 5));
        assert!(matches!(first.either, Some(Either::First(1))));
        assert_eq!(
            read("arrivals = {}\neither = { final = 1, other = [2] }").expect_err("two mistakes"),
            ["nothing is chosen here", "\"final\" and \"other\" exclude each other"]
        );
        assert_eq!(read("[arrivals.poison]").expect_err("a mistake"), ["unknown key \"poison\""]);
        assert_eq!(
            read("arrivals = \"5/min\"\neither = \"final\"").expect_err("a mistake"),
            ["expected a table with one of the keys final, other, found a text"]
        );
    }

    #[test]
    fn describes_itself() {
        let schema = Arrivals::schema();
        assert_eq!(schema["oneOf"].as_array().map(Vec::len), Some(3));
        assert_eq!(schema["oneOf"][1]["required"][0], "every");
    }
}
