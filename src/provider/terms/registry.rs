//! The table of terms: from one line per term come its module, its key in files, and its place in the enums.

/// Declares the terms, in the order in which they are applied: a doc, the module and key, the type.
///
/// The module has the term (`impl Term`), `Spec` (how it is written) and `build(&Located<Spec>, &Setting)`.
macro_rules! terms {
    ($($(#[doc = $doc:literal])* $module:ident => $Term:ident),* $(,)?) => {
        $(pub mod $module;)*
        $(pub use $module::$Term;)*

        $crate::spec::table! {
            /// The terms of an account, a provider or a gateway. They are applied in the order of this list, whatever the
            /// order in the file; several of one kind are written as a list and applied in its order.
            pub struct TermsSpec {
                $($(#[doc = $doc])* $module: Option<$crate::spec::OneOrMany<$crate::spec::Located<$module::Spec>>>,)*
            }
        }

        impl TermsSpec {
            /// The terms.
            ///
            /// # Errors
            /// All that makes no sense.
            pub fn build(&self, setting: &$crate::provider::Setting<'_>) -> Result<Terms, Vec<$crate::spec::Mistake>> {
                let mut all = Vec::new();
                let mut mistakes = Vec::new();
                $(
                    for spec in self.$module.iter().flat_map(|list| &list.0) {
                        match $module::build(spec, setting) {
                            Ok(term) => all.push(AnyTerm::$Term(term)),
                            Err(mistake) => mistakes.push(mistake),
                        }
                    }
                )*
                if mistakes.is_empty() { Ok(Terms::new(all)) } else { Err(mistakes) }
            }
        }

        /// Any of the terms.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum AnyTerm {
            $($(#[doc = $doc])* $Term($Term),)*
        }

        /// The state of any of the terms.
        #[derive(Debug, Clone, Copy)]
        pub enum AnyState {
            $($(#[doc = $doc])* $Term(<$Term as Term>::State),)*
        }

        impl Term for AnyTerm {
            type State = AnyState;

            fn start(&self) -> AnyState {
                match self {
                    $(Self::$Term(term) => AnyState::$Term(term.start()),)*
                }
            }

            #[inline]
            fn due(&self, state: &mut AnyState, now: $crate::units::SimTime, fees: &mut impl FnMut(Fee)) {
                match (self, state) {
                    $((Self::$Term(term), AnyState::$Term(state)) => term.due(state, now, fees),)*
                    _ => unreachable!("a term's state is of its own kind"),
                }
            }

            #[inline]
            fn apply(&self, state: &mut AnyState, item: &Item, fees: &mut impl FnMut(Fee)) -> $crate::units::Usd {
                match (self, state) {
                    $((Self::$Term(term), AnyState::$Term(state)) => term.apply(state, item, fees),)*
                    _ => unreachable!("a term's state is of its own kind"),
                }
            }

            fn least(&self, list: $crate::units::Usd) -> $crate::units::Usd {
                match self {
                    $(Self::$Term(term) => term.least(list),)*
                }
            }

            fn keeps_apart(&self) -> bool {
                match self {
                    $(Self::$Term(term) => term.keeps_apart(),)*
                }
            }

            #[inline]
            fn slowdown(&self, state: &AnyState) -> Slowdown {
                match (self, state) {
                    $((Self::$Term(term), AnyState::$Term(state)) => term.slowdown(state),)*
                    _ => unreachable!("a term's state is of its own kind"),
                }
            }

            fn prepaid(&self, state: &AnyState) -> $crate::units::Usd {
                match (self, state) {
                    $((Self::$Term(term), AnyState::$Term(state)) => term.prepaid(state),)*
                    _ => unreachable!("a term's state is of its own kind"),
                }
            }
        }
    };
}

pub(super) use terms;
