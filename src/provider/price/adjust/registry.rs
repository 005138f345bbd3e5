//! The table of adjustments: from one line per adjustment come its module, its key in files and its turn.

/// Declares the adjustments in the order of their application: a doc, and the module and key.
///
/// The module has `Spec` (how it is written) and `apply(Option<&Located<Spec>>, &At, Rates) -> Result<Option<Rates>,
/// Mistake>`, which is asked whether or not it is written; `None` means that the shape has no price.
macro_rules! adjustments {
    ($($(#[doc = $doc:literal])+ $module:ident),* $(,)?) => {
        $(pub mod $module;)*

        $crate::spec::table! {
            /// What changes a price, in this order.
            #[derive(Default)]
            pub struct AdjustSpec {
                $($(#[doc = $doc])+ $module: Option<Located<$module::Spec>>,)*
            }
        }

        impl AdjustSpec {
            /// The rates as changed; `None` where the shape has no price.
            pub(super) fn apply(&self, at: &At<'_>, rates: Rates) -> Result<Option<Rates>, Mistake> {
                $(let Some(rates) = $module::apply(self.$module.as_ref(), at, rates)? else { return Ok(None) };)*
                Ok(Some(rates))
            }
        }
    };
}

pub(super) use adjustments;
