//! Ramping up after a cooldown: a deployment that is back takes a share of its requests that grows from nothing to all of them.
//!
//! As `slowstart` of HAProxy and `slow_start` of nginx, whose weights grow linearly from nothing over a time, and as users ask of
//! gateways (Bifrost#120). What is left out goes to others, where another is there. A success does not end it early, nor does a
//! failure unless it brings another cooldown.

use super::among::Among;
use super::client::{Luck, View};
use super::cooldown::{Cooldown, Health};
use super::group::Group;
use super::router::Router;
use crate::units::SimTime;

/// The number of the draws for the first target; each has its own.
const RAMP: u32 = 0x7261_6D70;

impl Health {
    /// Whether a request with these 32 uniform bits is let through by now.
    fn lets_through(&self, cooldown: &Cooldown, now: SimTime, bits: impl FnOnce() -> u32) -> bool {
        let Some(ramp) = cooldown.ramp_up else { return true };
        let back = self.until();
        // It is back for longer, or has never cooled.
        if back + ramp <= now {
            return true;
        }
        let passed = i128::from(now.since(back).micros().max(0));
        i128::from(bits()) * i128::from(ramp.micros()) < passed << 32
    }
}

impl<R: Router> Group<R> {
    /// Those of `among` that ramp up, and are not to take this request.
    pub(super) fn ramping(
        &self,
        among: Among,
        cooldown: Option<&Cooldown>,
        health: &[Health],
        view: &View<'_>,
        luck: &Luck,
    ) -> Among {
        let Some(cooldown) = cooldown.filter(|cooldown| cooldown.ramp_up.is_some()) else { return Among::NONE };
        let bits = |at: usize| (luck.more(RAMP + at as u32) >> 32) as u32;
        among.only(|at| !health[self.target(at).index()].lets_through(cooldown, view.now, || bits(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;
    use crate::routing::cooldown::CooldownSpec;
    use crate::spec::{Field, Reader, Sources, parse_value};

    #[test]
    fn the_share_grows_linearly_from_none_to_all() {
        let text = "{ time = \"10s\", always = [\"failed\"], ramp_up = \"40s\" }";
        let node = parse_value(text, Sources::new().add("a.toml", text), 0).expect("TOML");
        let spec = CooldownSpec::read(&node, &mut Reader::new()).expect("valid");
        let (cooldown, mut health) = (spec.build().expect("valid"), Health::default());
        let at = |seconds: i64| SimTime::from_micros(seconds * 1_000_000);
        let of_256 = |health: &Health, second: i64| {
            (0..=255_u32).filter(|high| health.lets_through(&cooldown, at(second), || high << 24)).count()
        };
        assert_eq!(of_256(&health, 0), 256, "it has never cooled");
        health.failed(&cooldown, (Status::Failed, None), (None, false), at(0));
        assert_eq!([10, 20, 30, 40, 50, 5000].map(|second| of_256(&health, second)), [0, 64, 128, 192, 256, 256]);
        health.succeeded(&cooldown, at(30));
        assert_eq!(of_256(&health, 30), 128, "a success does not end it");
    }
}
