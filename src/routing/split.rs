//! `split`: so many percent of requests, or of users, to each branch; a branch is any router.
//!
//! All attempts of a request stay in its branch; with `by = "user"` all requests of a user do. Where nothing of the branch is left
//! because all of it is cooling, the others share its requests; where its attempts are used up, the request is over for the split.
//!
//! Source: the percentage node of Cloudflare's AI Gateway (`features/dynamic-routing`) and Portkey's nested `loadbalance`, both as of
//! 2026-11. It cannot know how branches do: it never moves shares.

use super::AnyRouter;
use super::among::Among;
use super::client::{Ask, Luck};
use super::router::Find;
use super::tree::{Branch, Branches, Tree};
use crate::random::split as split_bits;
use crate::spec::{self, Located, Mistake};
use crate::units::Share;

spec::words! {
    /// What is shared out.
    pub enum By {
        /// Requests.
        "request" => Request,
        /// Users, with all that they ask for.
        "user" => User,
    }
}

spec::table! {
    /// So many percent to each branch.
    pub struct Spec {
        /// The branches, whose shares add up to 100 %.
        parts: Located<Vec<PartSpec>>,
        /// What is shared out.
        by: By = "request",
    }
}

spec::table! {
    /// A branch.
    pub struct PartSpec {
        /// Its share.
        share: Share,
        /// Its router.
        router: Branch,
    }
}

pub(super) fn names(spec: &Spec) -> Vec<&Located<String>> {
    spec.parts.iter().flat_map(|part| part.router.0.names()).collect()
}

pub(super) fn build(spec: &Spec, models: Find<'_>) -> Result<Split, Mistake> {
    let routers = spec.parts.iter().map(|part| part.router.0.build(models)).collect::<Result<Vec<AnyRouter>, _>>()?;
    let branches = Branches::new(routers, &spec.parts.place)?;
    let shares: Box<[f64]> = spec.parts.iter().map(|part| part.share.get()).collect();
    let total: f64 = shares.iter().sum();
    if (total - 1.0).abs() > 1e-9 {
        let what = format!("shares must add up to 100%, not to {:.6}%", total * 100.0);
        return Err(Mistake::error(&spec.parts.place, what).label("the parts of a split"));
    }
    Ok(Split { branches, shares, by: spec.by })
}

/// Branches with shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    branches: Branches,
    shares: Box<[f64]>,
    by: By,
}

/// Who looks at the user's bits, by how high the split stands in a tree.
const LOOK: u64 = 0x7370_6c69_7400_0000;

impl Tree for Split {
    fn branches(&self) -> &Branches {
        &self.branches
    }

    fn branch(&self, left: Among, ask: &Ask, luck: &Luck) -> usize {
        let height = self.branches.height();
        let bits = match self.by {
            By::Request => (luck.of_request(height) >> 32) as u32,
            By::User => split_bits(ask.user, LOOK + u64::from(height)),
        };
        left.draw(f64::from(bits) / 4_294_967_296.0, |at| self.shares[at])
    }

    fn used_up_with(&self, _: usize, _: Among, _: &Ask) -> Among {
        Among::first(Among::MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeploymentId;
    use crate::random::{Key, Purpose};
    use crate::routing::made_up::{ASK, prices, view};
    use crate::routing::{Fallback, Router};
    use crate::spec::Sources;

    fn split(shares: &[f64], by: By) -> Split {
        let place = crate::spec::Place::whole(Sources::new().add("", ""));
        let pair = |n: u16| AnyRouter::Fallback(Fallback::new([2 * n, 2 * n + 1].map(DeploymentId).into()));
        let routers = (0..shares.len() as u16).map(pair).collect();
        Split { branches: Branches::new(routers, &place).expect("not too many"), shares: shares.into(), by }
    }

    /// Shares of requests and of users within 4.5 standard errors; a request keeps its branch at every attempt, a user in
    /// every request.
    #[test]
    fn shares_are_kept_and_so_are_requests_and_users() {
        let (known, key, n) = (prices(&[1; 6]), Key::new(9, 0, Purpose::Attempt), 20_000_u64);
        for by in [By::Request, By::User] {
            let router = split(&[0.7, 0.2, 0.1], by);
            let mut counts = [0.0; 3];
            for request in 0..n {
                let ask = Ask { user: key.block(request, 1)[0].into(), ..ASK };
                let pick = |request, attempt, among| {
                    let mut luck = Luck::new(key, request, attempt);
                    router.pick(&mut router.state(), among, &ask, &view(&known, 0), &mut luck)
                };
                let first = pick(request, 0, Among::first(6));
                counts[first / 2] += 1.0;
                let other = if by == By::Request { request } else { request + 1 };
                assert_eq!(pick(other, 1, Among::first(6).without(Among::NONE.with(first))) / 2, first / 2);
            }
            for (count, share) in counts.iter().zip([0.7, 0.2, 0.1]) {
                let error = libm::sqrt(share * (1.0 - share) * n as f64);
                assert!((count - share * n as f64).abs() < 4.5 * error, "{by:?}: {counts:?}");
            }
        }
    }

    #[test]
    fn what_is_used_up_in_a_branch_is_used_up_for_the_split() {
        let router = split(&[0.5, 0.5], By::Request);
        let used = router.used_up(2, Among::NONE, &ASK);
        assert_eq!(used, Among::NONE.with(2));
        assert!(Among::first(4).without(router.used_up(3, used, &ASK)).is_empty());
    }
}
