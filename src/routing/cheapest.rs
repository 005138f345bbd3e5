//! `cheapest`: the deployment at which the request costs least, as far as the client knows; then the next cheapest.
//!
//! It goes by the price of this very request: its shape, images and tokens, at the list price, or at the last quote where the
//! strategy polls quotes. Where the client has moved to a successor, it is the successor's price that counts. It knows nothing
//! of failures and refusals: what is cheap by list may be dear by the delivered image.

use super::among::Among;
use super::client::{Ask, Luck, View};
use super::router::{Find, Manner, Router};
use super::spec::{ModelName, find_each};
use crate::model::DeploymentId;
use crate::spec::{Located, Mistake};

/// `cheapest = ["google/imagen-3", "stability/sd-3.5"]`.
pub type Spec = Located<Vec<ModelName>>;

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.iter().map(|name| &name.0).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Cheapest, Mistake> {
    find_each("cheapest", spec, models).map(Cheapest)
}

/// Deployments to choose from: the cheapest of the moment that is left; the first named at equal prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cheapest(Box<[DeploymentId]>);

impl Cheapest {
    /// These deployments: at least one, at most 64.
    pub const fn new(targets: Box<[DeploymentId]>) -> Self {
        Self(targets)
    }
}

impl Router for Cheapest {
    type State = ();

    fn state(&self) {}

    fn targets(&self) -> &[DeploymentId] {
        &self.0
    }

    fn manner(&self) -> Manner {
        Manner { moves_on: true, goes_by_price: true, ..Manner::NONE }
    }

    #[inline(never)]
    fn pick(&self, (): &mut (), among: Among, _: &Ask, view: &View<'_>, _: &mut Luck) -> usize {
        let price = |at: &usize| view.sight(self.0[*at]).price;
        among.iter().min_by_key(price).expect("there is at least one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::made_up::{ASK, luck};
    use crate::routing::{Known, Sight};
    use crate::units::{SimTime, Usd};

    #[test]
    fn goes_from_the_cheapest_to_the_dearest() {
        let router = Cheapest((0..4).map(DeploymentId).collect());
        let sights = [30, 10, 20, 10].map(|price| Sight { price: Usd::from_picos(price), ..Sight::default() });
        let order = |leads: &[DeploymentId]| {
            let known = Known { sights: sights.into(), leads: leads.into(), ..Known::default() };
            let view = View { now: SimTime::START, known: &known };
            let mut left = Among::first(4);
            [(); 4].map(|()| {
                let picked = router.pick(&mut (), left, &ASK, &view, &mut luck(0));
                left = left.without(Among::NONE.with(picked));
                picked
            })
        };
        assert_eq!(order(&[]), [1, 3, 2, 0]);
        // What has been left for a dearer successor costs what that costs.
        assert_eq!(order(&[0, 0, 2, 3].map(DeploymentId)), [3, 2, 0, 1]);
    }
}
