//! What a replication's journeys would cost at list prices: the sum over all journeys that arrive of the images of their first
//! request, at one model's list price for their class at the start.
//!
//! Nothing that a strategy does moves it, and its mean is known wherever that of the number of journeys is. So it explains what
//! of the cost is due to what happened to be asked for. Which model's prices these are matters little: the regression scales them.

use crate::engine::Plan;
use crate::model::{DeploymentId, Stage};
use crate::provider::moving::Factor;
use crate::provider::{Providers, Usage};
use crate::units::{SimTime, Usd};
use crate::workload::{Arrival, Workload};

/// Tokens of the prompt at which prices by token are taken. *Assumed*.
const TOKENS: u32 = 60;

/// List prices of one image, by class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed(Box<[Usd]>);

impl Listed {
    /// Those of the first model that has a price for all classes; `None` where no model has.
    pub fn of(plan: &Plan) -> Option<Self> {
        let stage = plan.workload.first_stage();
        let shapes = plan.workload.classes.all.iter().map(|class| if stage == Stage::Draft { class.draft } else { class.last });
        let usages: Vec<Usage> = shapes.map(|shape| Usage::of(shape, 1, TOKENS)).collect();
        let (market, start) = (&plan.market, SimTime::START);
        let covers = |id: &DeploymentId| usages.iter().all(|usage| Providers::covers(market, *id, usage, start));
        let id = (0..market.deployments.len()).map(|index| DeploymentId(index as u16)).find(covers)?;
        Some(Self(usages.iter().map(|usage| Providers::list_price(market, id, usage, start, Factor::ONE)).collect()))
    }

    /// What these journeys would cost.
    pub(super) fn sum(&self, arrivals: &[Arrival]) -> Usd {
        let of = |arrival: &Arrival| self.0[arrival.journey.class.index()] * u64::from(arrival.journey.images);
        arrivals.iter().map(of).sum()
    }

    /// The mean of that over replications, in USD, where it is known.
    pub fn expected(&self, workload: &Workload) -> Option<f64> {
        let images = workload.expected_images()?;
        Some(images.iter().zip(&self.0).map(|(images, price)| images * price.to_f64()).sum())
    }
}
