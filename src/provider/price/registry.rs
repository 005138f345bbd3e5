//! The table of price models: from one line per model come its module, its key in files, and its place in the enum.

/// Declares the price models: a doc, the module and key, the variant.
///
/// The module has `Spec` (how it is written) and `build(&Spec, &Shape) -> Result<Option<Rates>, Mistake>` (the rates of a
/// shape, `None` where it has no price).
macro_rules! prices {
    ($($(#[doc = $doc:literal])* $module:ident => $Model:ident),* $(,)?) => {
        $(pub mod $module;)*

        $crate::spec::choice! {
            /// How attempts are priced.
            pub enum PriceSpec {
                $($(#[doc = $doc])* $module => $Model($module::Spec),)*
            }
        }

        impl PriceSpec {
            /// The rates of this shape; `None` where it has no price.
            fn rates(&self, shape: &$crate::model::Shape) -> Result<Option<Rates>, $crate::spec::Mistake> {
                match self {
                    $(Self::$Model(spec) => $module::build(spec, shape),)*
                }
            }
        }
    };
}

pub(super) use prices;
