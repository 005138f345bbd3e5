//! The table of price models: from one line per model come its module, its key in files, and its place in the enum.

/// Declares the price models: a doc, the module and key, the type.
///
/// The module has the model (`impl PriceModel`), `Spec` (how it is written) and `build(&Spec, &[Shape])`.
macro_rules! prices {
    ($($(#[doc = $doc:literal])* $module:ident => $Model:ident),* $(,)?) => {
        $(pub mod $module;)*
        $(pub use $module::$Model;)*

        $crate::spec::choice! {
            /// How attempts are priced.
            pub enum PriceSpec {
                $($(#[doc = $doc])* $module => $Model($module::Spec),)*
            }
        }

        /// Any of the price models.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Price {
            $($(#[doc = $doc])* $Model($Model),)*
        }

        impl PriceSpec {
            /// The price for these shapes.
            ///
            /// # Errors
            /// What makes no price, with its place.
            pub fn build(&self, shapes: &[$crate::model::Shape]) -> Result<Price, $crate::spec::Mistake> {
                match self {
                    $(Self::$Model(spec) => $module::build(spec, shapes).map(Price::$Model),)*
                }
            }
        }

        impl PriceModel for Price {
            #[inline]
            fn of(&self, usage: Usage) -> Usd {
                match self {
                    $(Self::$Model(price) => price.of(usage),)*
                }
            }

            fn covers(&self, shape: ShapeId) -> bool {
                match self {
                    $(Self::$Model(price) => price.covers(shape),)*
                }
            }

            #[inline]
            fn tokens(&self, usage: Usage) -> u64 {
                match self {
                    $(Self::$Model(price) => price.tokens(usage),)*
                }
            }
        }
    };
}

pub(super) use prices;
