//! What a replication's journeys would cost at list prices: the sum over all journeys that arrive of the images of their first
//! request, at the list price of their class at the start, of one of the strategy's models.
//!
//! Nothing that a strategy does moves it, and its mean is known wherever that of the number of journeys is. So it explains what
//! of the cost is due to what happened to be asked for. Which of its models these prices are of matters little: the regression
//! scales them. It is the cheapest, so that it depends neither on other strategies nor on the order of models.

use crate::engine::Plan;
use crate::model::{DeploymentId, Stage};
use crate::provider::moving::Factor;
use crate::provider::{Providers, Usage};
use crate::routing::Client as _;
use crate::units::{SimTime, Usd};
use crate::workload::{Arrival, Workload};

/// Tokens of the prompt at which prices by token are taken. *Assumed*.
const TOKENS: u32 = 60;

/// List prices of one image, by class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed(Box<[Usd]>);

impl Listed {
    /// Those of the cheapest model of a strategy that has a price for all classes, the first class counting first; `None` where no
    /// model has.
    pub fn of(plan: &Plan, strategy: usize) -> Option<Self> {
        let (market, start, client) = (&plan.market, SimTime::START, plan.strategies.get(strategy)?);
        let is_draft = plan.workload.first_stage() == Stage::Draft;
        let shapes = plan.workload.classes.all.iter().map(|class| if is_draft { class.draft } else { class.last });
        let usages: Vec<Usage> = shapes.map(|shape| Usage::of(shape, 1, TOKENS)).collect();
        let all = (0..market.deployments.len()).map(|index| DeploymentId(index as u16)).filter(|id| client.may_use(*id));
        let covering = all.filter(|id| usages.iter().all(|usage| Providers::covers(market, *id, usage, start)));
        let price = |id, usage| Providers::list_price(market, id, usage, start, Factor::ONE);
        covering.map(|id| Self(usages.iter().map(|usage| price(id, usage)).collect())).min()
    }

    /// What so many images of each class would cost.
    pub(super) fn sum(&self, images: &[u64]) -> Usd {
        self.0.iter().zip(images).map(|(&price, &images)| price * images).sum()
    }

    /// The mean of that over replications, in USD, where it is known.
    pub fn expected(&self, workload: &Workload) -> Option<f64> {
        let images = workload.expected_images()?;
        Some(images.iter().zip(&self.0).map(|(images, price)| images * price.to_f64()).sum())
    }
}

/// Adds the images that these journeys' first requests ask for, by class.
pub(super) fn add_images(images: &mut [u64], arrivals: &[Arrival]) {
    for Arrival { journey, .. } in arrivals {
        images[journey.class.index()] += u64::from(journey.images);
    }
}
