//! The table of price processes: from one line per process come its module, its key in files, and its place in the enum.

/// Declares the processes: a doc, the module and key, the type.
///
/// The module has the process (`impl Process`), `Spec` (how it is written) and `build(&Spec, &Setting)`.
macro_rules! processes {
    ($($(#[doc = $doc:literal])* $module:ident => $Process:ident),* $(,)?) => {
        $(pub mod $module;)*
        $(pub use $module::$Process;)*

        $crate::spec::choice! {
            /// How a price moves.
            pub enum MovesSpec {
                $($(#[doc = $doc])* $module => $Process($module::Spec),)*
            }
        }

        /// Any of the processes.
        #[derive(Debug, Clone, PartialEq)]
        enum Moves {
            $($Process($Process),)*
        }

        impl MovesSpec {
            fn process(&self, setting: &Setting<'_>) -> Result<Moves, Mistake> {
                match self {
                    $(Self::$Process(spec) => $module::build(spec, setting).map(Moves::$Process),)*
                }
            }
        }

        impl Process for Moves {
            fn begin(&self, draws: Draws) -> Path {
                match self {
                    $(Self::$Process(process) => process.begin(draws),)*
                }
            }

            #[cold]
            fn advance(&self, path: &mut Path, draws: Draws, now: SimTime) {
                match self {
                    $(Self::$Process(process) => process.advance(path, draws, now),)*
                }
            }
        }
    };
}

pub(super) use processes;
