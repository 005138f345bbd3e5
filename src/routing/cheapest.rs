//! `cheapest`: the deployment at which the request costs least, as far as the client knows; then the next cheapest.
//!
//! It goes by the price of this very request: its shape, images and tokens, at the list price, or at the last quote where the
//! strategy polls quotes. Where the client has moved to a successor, it is the successor's price that counts. It knows nothing
//! of failures and refusals: what is cheap by list may be dear by the delivered image.

use super::client::{Ask, View};
use super::router::{Find, Router};
use super::spec::{ModelName, find};
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake};

/// `cheapest = ["google/imagen-3", "stability/sd-3.5"]`.
pub type Spec = Located<Vec<ModelName>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Cheapest, Mistake> {
    if spec.is_empty() || spec.len() > 64 {
        return Err(Mistake::error(&spec.place, "cheapest takes 1 to 64 models").label("to choose from"));
    }
    spec.iter().map(|name| find(&name.0, models)).collect::<Result<_, _>>().map(Cheapest)
}

/// Deployments to choose from, at most 64. Level n is the n-th cheapest of the moment; the first named at equal prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cheapest(Box<[DeploymentId]>);

impl Router for Cheapest {
    fn levels(&self) -> usize {
        self.0.len()
    }

    #[inline(never)]
    fn pick(&self, level: usize, _: &Ask, view: &View<'_>, _: impl FnMut() -> u32) -> DeploymentId {
        let price = |at: usize| view.sight(self.0[at]).price;
        // How many come before each: few deployments, and no memory to sort in.
        let rank = |at: usize| (0..self.0.len()).filter(|&other| (price(other), other) < (price(at), at)).count();
        let at = (0..self.0.len()).find(|&at| rank(at) == level).expect("every rank is somebody's");
        self.0[at]
    }

    fn targets(&self) -> &[DeploymentId] {
        &self.0
    }

    fn goes_by_price(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClassId, Stage};
    use crate::routing::{Known, Sight};
    use crate::units::{SimTime, Usd};

    #[test]
    fn goes_from_the_cheapest_to_the_dearest() {
        let router = Cheapest((0..4).map(DeploymentId).collect());
        let sights = [30, 10, 20, 10].map(|price| Sight { price: Usd::from_picos(price), ..Sight::default() });
        let ask = Ask { class: ClassId(0), stage: Stage::Final, images: 1, tokens: 50 };
        let order = |leads: &[DeploymentId]| {
            let known = Known { sights: sights.into(), leads: leads.into() };
            let view = View { now: SimTime::START, known: &known };
            [0, 1, 2, 3].map(|level| router.pick(level, &ask, &view, || 0).0)
        };
        assert_eq!(order(&[]), [1, 3, 2, 0]);
        // What has been left for a dearer successor costs what that costs.
        assert_eq!(order(&[0, 0, 2, 3].map(DeploymentId)), [3, 2, 0, 1]);
    }
}
