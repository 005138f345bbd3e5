//! The table of routers: from one line per router come its module, its key in the scenario, its name in messages and
//! schema, and its place in the enum that the engine dispatches on.

/// Declares the routers: a doc, the module and key, the type.
///
/// The module has the router (`impl Router`), `Spec` (how it is written), `names(&Spec)` (the models it names) and
/// `build(&Spec, Find)`.
macro_rules! strategies {
    ($($(#[doc = $doc:literal])* $module:ident => $Router:ident),* $(,)?) => {
        $(pub mod $module;)*
        $(pub use $module::$Router;)*

        $crate::spec::choice! {
            /// Which deployment an attempt goes to.
            pub enum RouterSpec {
                $($(#[doc = $doc])* $module => $Router($module::Spec),)*
            }
        }

        /// Any of the routers, chosen by a match and not through a pointer.
        #[derive(Debug, Clone, PartialEq)]
        pub enum AnyRouter {
            $($(#[doc = $doc])* $Router($Router),)*
        }

        impl RouterSpec {
            /// The keys of all routers, in the order of the table.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($module)),*];

            /// The models it names, in order.
            pub fn names(&self) -> Vec<&$crate::spec::Located<String>> {
                match self {
                    $(Self::$Router(spec) => $module::names(spec),)*
                }
            }

            /// The router, with models found by name.
            ///
            /// # Errors
            /// What makes no router, with its place.
            pub fn build(&self, find: router::Find<'_>) -> Result<AnyRouter, $crate::spec::Mistake> {
                match self {
                    $(Self::$Router(spec) => $module::build(spec, find).map(AnyRouter::$Router),)*
                }
            }
        }

        impl Router for AnyRouter {
            #[inline]
            fn levels(&self) -> usize {
                match self {
                    $(Self::$Router(router) => router.levels(),)*
                }
            }

            #[inline]
            fn pick(
                &self,
                level: usize,
                ask: &Ask,
                view: &View<'_>,
                coin: impl FnMut() -> u32,
            ) -> $crate::model::DeploymentId {
                match self {
                    $(Self::$Router(router) => router.pick(level, ask, view, coin),)*
                }
            }

            fn has_free(&self, level: usize, view: &View<'_>) -> bool {
                match self {
                    $(Self::$Router(router) => router.has_free(level, view),)*
                }
            }

            fn targets(&self) -> &[$crate::model::DeploymentId] {
                match self {
                    $(Self::$Router(router) => router.targets(),)*
                }
            }

            fn goes_by_price(&self) -> bool {
                match self {
                    $(Self::$Router(router) => router.goes_by_price(),)*
                }
            }
        }
    };
}

pub(super) use strategies;
