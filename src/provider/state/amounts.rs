//! What an attempt asks for and takes of each measure that limits count.

use super::Attempt;
use crate::provider::moving::Factor;
use crate::provider::{Deployment, Measure};
use crate::units::{SimTime, Usd};

/// What an attempt asks for and takes of each measure.
#[derive(Clone, Copy)]
pub(super) struct Amounts<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) attempt: &'a Attempt<'a>,
    pub(super) now: SimTime,
    pub(super) factor: Factor,
}

impl Amounts<'_> {
    /// What it asks for; of dollars the list price.
    #[inline]
    pub(super) fn asked(self, measure: Measure) -> u64 {
        match measure {
            Measure::Dollars => {
                let tariff = self.deployment.tariff(self.attempt.shape, self.now);
                picos(self.factor.of(tariff.of(&self.attempt.asked())))
            }
            other => self.taken(other, Usd::ZERO),
        }
    }

    /// What it takes; of dollars what it is charged.
    #[inline]
    pub(super) fn taken(self, measure: Measure, charge: Usd) -> u64 {
        match measure {
            Measure::Requests | Measure::InFlight => 1,
            Measure::Images => u64::from(self.attempt.images),
            Measure::Tokens => self.deployment.tariff(self.attempt.shape, self.now).tokens(&self.attempt.asked()),
            Measure::Dollars => picos(charge),
        }
    }
}

/// An amount in picodollars: more than 18 million dollars are as good as these to a limit, which is never higher.
fn picos(amount: Usd) -> u64 {
    u64::try_from(amount.picos().max(0)).unwrap_or(u64::MAX)
}
