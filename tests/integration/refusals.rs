//! What a client sees of refusals: a deployment is left alone until the latest of its retry-afters has passed.

use std::cell::Cell;

use spendcast::engine::{Observer, Simulation};
use spendcast::model::{ClassId, DeploymentId, Status};
use spendcast::routing::{Action, Ask, Client, Heard, Luck, View};
use spendcast::units::{SimDuration, SimTime};

use crate::fixture::{compile, drive, plain};

/// Tries once, and notes what it was told and what it sees.
#[derive(Default)]
struct Once {
    /// The latest end of a retry-after that it was told.
    latest: Cell<SimTime>,
    /// Refusals that ask for less than an earlier one did.
    shorter: Cell<u32>,
}

impl Client for Once {
    type Memo = ();
    type State = ();

    fn state(&self, _: usize) {}

    fn reset(&self, (): &mut ()) {}

    fn next(&self, heard: &Heard, _: &Ask, (): &mut (), (): &mut (), view: &View<'_>, _: &mut Luck) -> Action {
        let Heard::Ended(ended) = heard else {
            return Action::Attempt { deployment: DeploymentId(0), timeout: SimDuration::HOUR };
        };
        if ended.status == Status::RateLimited {
            let until = view.now + ended.retry_after.expect("a bucket says when");
            self.shorter.set(self.shorter.get() + u32::from(until < self.latest.get()));
            self.latest.set(self.latest.get().max(until));
        }
        assert_eq!(view.known.sights[0].retry_after_until, self.latest.get());
        if ended.status == Status::Delivered { Action::Deliver } else { Action::GiveUp(ended.status) }
    }

    fn finals(&self, _: ClassId) -> &[DeploymentId] {
        &[]
    }

    fn may_use(&self, _: DeploymentId) -> bool {
        true
    }
}

struct Nobody;

impl Observer for Nobody {}

/// Requests of four images and of one meet the same bucket of images: the small ones are told to come back sooner.
#[test]
fn a_shorter_retry_after_takes_nothing_back() {
    let model = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"\nlimits.images = { rate = \"12/min\", burst = 4 }";
    let text = plain("poisson.rate = \"30/min\"", "6h", 1, model, "");
    let classes = "share = \"50%\"\nsize = \"1024x1024\"\nn = 4\n[workload.classes.small]\nshare = \"50%\"\nsize = \"1024x1024\"";
    let (compiled, settings) = compile(&text.replacen("size = \"1024x1024\"", classes, 1));
    let client = Once::default();
    let mut simulation = Simulation::new(&compiled.plan, &client, Nobody);
    drive(&mut simulation, &compiled.plan, settings.seed, 0);
    assert!(client.shorter.get() > 100, "{} refusals were shorter than an earlier one", client.shorter.get());
}
