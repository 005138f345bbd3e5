//! How a client moves to the successor of a model that is shut down.

use super::Migration;
use crate::dist::{LawSpec, QuantileTable};
use crate::spec::{self, Located, Mistake};
use crate::units::SimDuration;

spec::table! {
    /// How a strategy moves to a successor: prepared, so long ahead of the announced shutdown, or unprepared, so long after
    /// the model is gone.
    pub struct MigrateSpec {
        /// Before the announced date, but not before the notice (`deprecated`) or the successor's launch.
        ahead: Option<SimDuration>,
        /// After the model is gone: a time or a law, drawn once for each model and replication. Not before the successor's launch.
        lag: Option<Located<LawSpec<SimDuration>>>,
    }
}

impl MigrateSpec {
    pub(super) fn build(&self, strategy: &Located<String>) -> Result<Migration, Mistake> {
        match (self.ahead, &self.lag) {
            (Some(ahead), None) => Ok(Migration::Ahead(ahead)),
            (None, Some(lag)) => {
                let law = lag.law().map_err(|what| Mistake::error(&lag.place, what).label("no such distribution"))?;
                Ok(Migration::After(QuantileTable::new(law)))
            }
            _ => {
                let what = "a strategy moves to a successor either ahead of the shutdown or after it";
                let mistake = Mistake::error(&strategy.place, what).label("of this strategy");
                Err(mistake.help("give exactly one of: migrate.ahead, migrate.lag"))
            }
        }
    }
}
