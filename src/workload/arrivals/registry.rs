//! The table of arrival processes: from one line per process come its module, its key in the scenario and its place in
//! the enum.

/// Declares the processes: a doc, the module and key, the type.
///
/// The module has the process (`impl Process`), `Spec` (how it is written, with a `rate`) and `build(&Spec, &Span)`.
macro_rules! arrivals {
    ($($(#[doc = $doc:literal])* $module:ident => $Process:ident),* $(,)?) => {
        $(pub mod $module;)*
        $(pub use $module::$Process;)*

        $crate::spec::choice! {
            /// When journeys arrive.
            pub enum ArrivalsSpec {
                $($(#[doc = $doc])* $module => $Process($module::Spec),)*
            }
        }

        /// Any of the processes.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Arrivals {
            $($(#[doc = $doc])* $Process($Process),)*
        }

        impl ArrivalsSpec {
            /// The process over this span.
            ///
            /// # Errors
            /// What makes no process, with its place.
            pub fn build(&self, span: &Span) -> Result<Arrivals, $crate::spec::Mistake> {
                match self {
                    $(Self::$Process(spec) => $module::build(spec, span).map(Arrivals::$Process),)*
                }
            }
        }

        impl ArrivalsSpec {
            /// The key of the process in the scenario, and its rate as it is written.
            pub fn rate(&self) -> (&'static str, $crate::units::Rate) {
                match self {
                    $(Self::$Process(spec) => (stringify!($module), *spec.rate),)*
                }
            }
        }

        impl Process for Arrivals {
            fn begin(&self, clock: &mut Clock, noise: Key) {
                match self {
                    $(Self::$Process(process) => process.begin(clock, noise),)*
                }
            }

            fn expected(&self, horizon: $crate::units::SimTime) -> f64 {
                match self {
                    $(Self::$Process(process) => process.expected(horizon),)*
                }
            }

            #[inline]
            fn next(&self, clock: &mut Clock, gap: f64) -> f64 {
                match self {
                    $(Self::$Process(process) => process.next(clock, gap),)*
                }
            }
        }
    };
}

pub(super) use arrivals;
