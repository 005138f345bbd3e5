//! Caches of the client's own, asked before anything else: what was made before is handed out in place of a new image.
//!
//! First the exact cache, then the semantic one, as in vLLM semantic-router; then, where requests are coalesced, a request waits for
//! an equal one under way. Only repeats for which an earlier image would do ([`Ask::template`]) are stored and found: most repeats
//! want another image of the same prompt. Providers' own caches are not here, but with the providers. A request that is served
//! counts as delivered without an attempt, by the model that made the image.

mod coalesce;
mod exact;
mod index;
mod outage;
mod semantic;
mod store;
mod turn;

use std::collections::VecDeque;

use self::coalesce::Lines;
use self::exact::{Exact, Stored};
use self::semantic::{Neighbours, Semantic};
use super::client::{Ask, Luck};
use crate::model::{Cause, DeploymentId};
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime, Usd};

pub use self::exact::ExactSpec;
pub use self::outage::OutagesSpec;
pub use self::semantic::SemanticSpec;
pub use self::store::{Evict, Rules, Store};

spec::table! {
    /// Caches of the client's own.
    pub struct CacheSpec {
        /// Images by prompt, shape and number.
        exact: Option<ExactSpec>,
        /// Images of prompts that are close.
        semantic: Option<SemanticSpec>,
    }
}

impl CacheSpec {
    pub(super) fn build(&self, strategy: &Located<String>) -> Result<Cache, Mistake> {
        if self.exact.is_none() && self.semantic.is_none() {
            let mistake = Mistake::error(&strategy.place, "a cache is exact, semantic or both").label("of this strategy");
            return Err(mistake.help("give at least one of: cache.exact, cache.semantic"));
        }
        let exact = self.exact.as_ref().map(ExactSpec::build).transpose()?;
        Ok(Cache { exact, semantic: self.semantic.as_ref().map(SemanticSpec::build).transpose()? })
    }
}

/// Caches: what does not change during a replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Cache {
    exact: Option<Exact>,
    semantic: Option<Semantic>,
}

/// What caches hold, and who waits for them.
#[derive(Debug, Clone, Default)]
pub struct CacheState {
    stored: Stored,
    neighbours: Neighbours,
    lines: Lines,
    /// By number of the request.
    visits: Vec<Visit>,
    /// Requests in line that go on.
    woken: VecDeque<u32>,
}

/// What a request has to do with caches.
#[derive(Debug, Clone, Copy, Default)]
struct Visit {
    /// Where its result belongs; `None` where it is not stored.
    key: Option<u64>,
    awaits: Awaits,
}

/// What a request that does nothing will do next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Awaits {
    /// Nothing that caches know of.
    #[default]
    Nothing,
    /// It hands out an image that was found; `wrong` where that is none of its prompt.
    Image { by: DeploymentId, wrong: bool },
    /// It goes on after a lookup that found nothing.
    Miss,
    /// It waits in line.
    Leader,
    /// It leads now.
    Lead,
}

/// What caches say of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing: it goes on.
    Nothing,
    /// This image.
    Image { by: DeploymentId, wrong: bool },
    /// They will say it after so long.
    Later(SimDuration),
    /// They will say it when an equal request is over.
    InLine,
    /// Nothing in time.
    TooLate,
}

impl CacheState {
    pub(super) fn clear(&mut self) {
        self.stored.clear();
        self.neighbours.clear();
        self.lines.clear();
        self.visits.clear();
        self.woken.clear();
    }

    fn visit(&mut self, ask: &Ask) -> &mut Visit {
        &mut self.visits[ask.number as usize]
    }

    pub(super) fn woken(&mut self) -> Option<u32> {
        self.woken.pop_front()
    }
}

impl Cache {
    /// Whether requests ever wait for others.
    pub(super) fn coalesces(&self) -> bool {
        self.exact.as_ref().is_some_and(|exact| exact.coalesce)
    }

    /// Whether it could serve a request if only it held enough: one for which an image made before would do (`repeats`), or the
    /// `first` of its journey, which has this luck.
    pub(super) fn may_serve(&self, repeats: bool, first: Option<&Luck>) -> bool {
        let close = self.semantic.as_ref().zip(first).is_some_and(|(semantic, luck)| semantic.finds(luck));
        self.exact.is_some() && repeats || close
    }

    /// A request arrives.
    fn arrived(&self, state: &mut CacheState, ask: &Ask, now: SimTime, luck: &Luck) -> Found {
        let number = ask.number as usize;
        if state.visits.len() <= number {
            state.visits.resize(number + 1, Visit::default());
        }
        let key = self.exact.as_ref().and_then(|exact| exact.key(ask, luck));
        *state.visit(ask) = Visit { key, awaits: Awaits::Nothing };
        if let (Some(exact), Some(key)) = (&self.exact, key)
            && let Some(by) = exact.lookup(&mut state.stored, key, now, luck)
        {
            return Self::later(
                state,
                ask,
                Awaits::Image { by, wrong: false },
                exact.takes(luck),
                Found::Image { by, wrong: false },
            );
        }
        let Some(semantic) = self.semantic.as_ref().filter(|_| ask.first) else { return self.line_up(state, ask) };
        let takes = semantic.takes(luck);
        match semantic.lookup(&mut state.neighbours, ask, luck) {
            Some((by, wrong)) => Self::later(state, ask, Awaits::Image { by, wrong }, takes, Found::Image { by, wrong }),
            None if takes > SimDuration::ZERO => Self::later(state, ask, Awaits::Miss, takes, Found::Nothing),
            None => self.line_up(state, ask),
        }
    }

    /// What will be so after some time; what is so at once where that is none.
    fn later(state: &mut CacheState, ask: &Ask, awaits: Awaits, takes: SimDuration, at_once: Found) -> Found {
        if takes == SimDuration::ZERO {
            return at_once;
        }
        state.visit(ask).awaits = awaits;
        Found::Later(takes)
    }

    /// Nothing was found: a request goes on, or waits for an equal one.
    fn line_up(&self, state: &mut CacheState, ask: &Ask) -> Found {
        let Some(key) = state.visit(ask).key.filter(|_| self.coalesces()) else { return Found::Nothing };
        if state.lines.join(ask.number, key) {
            return Found::Nothing;
        }
        state.visit(ask).awaits = Awaits::Leader;
        Found::InLine
    }

    /// A request goes on after a wait; `None` where that was none of the caches'. `late`: it has no time left.
    fn due(&self, state: &mut CacheState, ask: &Ask, late: bool) -> Option<Found> {
        let awaits = std::mem::take(&mut state.visit(ask).awaits);
        if late && awaits != Awaits::Nothing {
            Self::lost(state, ask);
            return Some(Found::TooLate);
        }
        match awaits {
            Awaits::Nothing => None,
            Awaits::Image { by, wrong } => Some(Found::Image { by, wrong }),
            Awaits::Miss => Some(self.line_up(state, ask)),
            Awaits::Leader => {
                state.visit(ask).awaits = awaits;
                Some(Found::InLine)
            }
            Awaits::Lead => Some(Found::Nothing),
        }
    }

    /// A request was delivered what was made there.
    fn delivered(&self, state: &mut CacheState, ask: &Ask, by: DeploymentId, now: SimTime, luck: &Luck) {
        if self.semantic.is_some() {
            Semantic::note(&mut state.neighbours, ask, by);
        }
        if let (Some(exact), Some(key)) = (&self.exact, state.visit(ask).key) {
            exact.store(&mut state.stored, key, (by, ask.images), now, luck);
        }
        let CacheState { lines, visits, woken, .. } = state;
        lines.delivered(ask.number, |number| {
            visits[number as usize].awaits = Awaits::Image { by, wrong: false };
            woken.push_back(number);
        });
    }

    /// A request was lost: of those that wait for it, the next goes on.
    fn lost(state: &mut CacheState, ask: &Ask) {
        if let Some(number) = state.lines.leave(ask.number) {
            state.visits[number as usize].awaits = Awaits::Lead;
            state.woken.push_back(number);
        }
    }

    /// What caches cost over so long.
    pub(super) fn costs(&self, state: &CacheState, horizon: SimDuration, tell: &mut dyn FnMut(Cause, Usd)) {
        if let Some(exact) = &self.exact {
            exact.costs(horizon, tell);
        }
        if let Some(semantic) = &self.semantic {
            semantic.costs(&state.neighbours, horizon, tell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Mistakes, Place, Reader, Sources, parse};

    fn build(text: &str) -> Result<Cache, String> {
        let file = Sources::new().add("cache.toml", text);
        let mut reader = Reader::new();
        let spec = CacheSpec::read(&parse(text, file, &mut Mistakes::new()), &mut reader);
        let mistakes = reader.into_mistakes().into_sorted();
        let spec = spec.filter(|_| mistakes.is_empty()).ok_or_else(|| mistakes[0].what.clone())?;
        let strategy = Located { value: "only".to_owned(), place: Place::whole(file) };
        spec.build(&strategy).map_err(|mistake| mistake.what)
    }

    #[test]
    fn what_is_no_cache_is_refused() {
        for (text, what) in [
            ("", "a cache is exact, semantic or both"),
            ("exact = { entries = 5, size = \"1GB\" }", "a cache has a number of entries or a size, not both"),
            ("exact.entries = 0", "a cache that holds nothing is none"),
            ("exact.size = \"1MB\"", "not one image of 1500kB fits into this cache"),
            ("exact.ttl = \"0s\"", "a cache that keeps nothing is none: the ttl is zero"),
            ("exact.refresh = true", "what stays for ever need not be kept longer"),
            ("exact.variants = 256", "variants are from 1 to 255"),
            ("exact.price_per_gb = \"1 USD/month\"", "a cache without a size has no price by its size"),
            ("exact.price = \"1 USD\"", "\"1 USD\" has no \"/\""),
            ("exact.outages = { between = \"0s\", lasts = \"1h\" }", "outages are half the time less than a second apart"),
            ("semantic = { share = \"20%\" }", "the key \"false_hits\" is missing"),
        ] {
            assert_eq!(build(text).expect_err(text), what, "{text}");
        }
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let cache = build("exact = {}").expect("valid");
        assert!(!cache.coalesces() && cache.semantic.is_none());
        assert!(build("exact = { size = \"10GB\", coalesce = true, price_per_gb = \"1 USD/h\" }").expect("valid").coalesces());
    }
}
