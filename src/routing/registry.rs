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

        /// What any of the routers remembers.
        #[derive(Debug, Clone)]
        pub enum AnyState {
            $($(#[doc = $doc])* $Router(<$Router as Router>::State),)*
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

        /// What is the same for a router of any kind.
        macro_rules! each {
            ($any:expr, $router:ident => $answer:expr) => {
                match $any {
                    $(Self::$Router($router) => $answer,)*
                }
            };
        }

        /// The same, with what the router remembers.
        macro_rules! each_with_state {
            ($any:expr, $state:expr, $router:ident, $own:ident => $answer:expr) => {
                match ($any, $state) {
                    $((Self::$Router($router), AnyState::$Router($own)) => $answer,)*
                    _ => unreachable!("a router is given what it remembers itself"),
                }
            };
        }

        impl Router for AnyRouter {
            type State = AnyState;

            fn state(&self) -> AnyState {
                match self {
                    $(Self::$Router(router) => AnyState::$Router(router.state()),)*
                }
            }

            fn targets(&self) -> &[$crate::model::DeploymentId] {
                each!(self, router => router.targets())
            }

            fn manner(&self) -> Manner {
                each!(self, router => router.manner())
            }

            #[inline]
            fn pick(&self, state: &mut AnyState, among: Among, ask: &Ask, view: &View<'_>, luck: &mut Luck) -> usize {
                each_with_state!(self, state, router, own => router.pick(own, among, ask, view, luck))
            }

            fn admits(&self, state: &mut AnyState, among: Among, ask: &Ask, view: &View<'_>) -> Result<Among, Refusal> {
                each_with_state!(self, state, router, own => router.admits(own, among, ask, view))
            }

            fn used_up(&self, target: usize, used: Among, ask: &Ask) -> Among {
                each!(self, router => router.used_up(target, used, ask))
            }

            fn sends_back(&self, state: &mut AnyState, target: usize, pleases: bool, luck: &mut Luck) -> bool {
                each_with_state!(self, state, router, own => router.sends_back(own, target, pleases, luck))
            }

            fn sent(&self, state: &mut AnyState, target: usize, ask: &Ask, view: &View<'_>) {
                each_with_state!(self, state, router, own => router.sent(own, target, ask, view));
            }

            fn ended(&self, state: &mut AnyState, attempt: &Heed, ask: &Ask, view: &View<'_>) {
                each_with_state!(self, state, router, own => router.ended(own, attempt, ask, view));
            }
        }
    };
}

pub(super) use strategies;
