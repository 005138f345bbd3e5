//! How budgets are written in a scenario.

use serde_json::{Value, json};

use super::{Anchor, Budgets, Limit};
use crate::model::DeploymentId;
use crate::routing::among::Among;
use crate::spec::{self, Data, Field, Located, Mistake, Named, Node, Reader};
use crate::units::{Share, SimDuration, Usd};

spec::table! {
    /// Budgets that the client keeps: limits on what it books, the list price of what was delivered.
    pub struct BudgetSpec {
        /// The most in a window, in all.
        limit: Option<Located<Usd>>,
        /// The most in a window at single models: one that has spent it is left out. An amount, or an amount and its window.
        models: Option<Named<PartSpec>>,
        /// The most in a window at all models of a provider together, in the same way.
        providers: Option<Named<PartSpec>>,
        /// The most in a window at all requests of a class together, in the same way.
        classes: Option<Named<PartSpec>>,
        /// The most in a window for each user: all requests of a journey. An amount, or an amount and its window.
        users: Option<PartSpec>,
        /// The length of a window; the whole scenario if left out.
        every: Option<Located<SimDuration>>,
        /// When a window begins.
        window: Anchor = "start",
        /// When a window of a provider begins; as `window` if left out.
        window_of_providers: Option<Anchor>,
        /// Whether what is under way is counted too, so that the limit is never passed by what is booked.
        reserve: bool = false,
        /// Whether nothing is refused: budgets only raise alerts.
        soft: bool = false,
        /// The share of a limit that raises an alert once it is booked.
        alert_at: Located<Share> = "100%",
        /// The group that requests go to once `limit`, or the budget of their class or user, is spent; without it they are refused.
        degrade_to: Option<Located<String>>,
    }
}

spec::table! {
    /// The budget of a model, provider, class or user.
    struct Part {
        /// The most in a window.
        limit: Located<Usd>,
        /// The length of a window; that of all budgets if left out.
        every: Option<Located<SimDuration>>,
    }
}

/// The budget of a model, provider, class or user; a plain amount is its limit.
#[derive(Debug, Clone)]
pub struct PartSpec(Part);

impl Field for PartSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.data {
            Data::Table(_) => Part::read(node, reader).map(Self),
            _ => Located::read(node, reader).map(|limit| Self(Part { limit, every: None })),
        }
    }

    fn schema() -> Value {
        json!({ "oneOf": [Usd::schema(), Part::schema()] })
    }
}

impl BudgetSpec {
    /// Whether there is any limit.
    pub(in crate::routing) fn limits_anything(&self) -> bool {
        let any = |parts: &Option<Named<_>>| parts.as_ref().is_some_and(|parts| !parts.is_empty());
        self.limit.is_some() || any(&self.models) || any(&self.providers) || any(&self.classes) || self.users.is_some()
    }

    /// The budgets. `models` are those of the strategy, with their names; `real` says what an alias stands for; `classes` are the names of all classes, in order; `group`
    /// finds a group.
    ///
    /// # Errors
    /// Unknown names, a window that is too short, a limit of nothing, a way out of a limit that refuses nothing.
    pub(in crate::routing) fn build<'n>(
        &'n self,
        models: &[(Located<String>, DeploymentId)],
        real: &dyn Fn(&'n str) -> &'n str,
        classes: &[String],
        group: impl Fn(&Located<String>) -> Result<u8, Mistake>,
    ) -> Result<Budgets, Mistake> {
        if let Some(to) = self.degrade_to.as_ref().filter(|_| self.soft) {
            let mistake = Mistake::error(&to.place, "a soft budget refuses nothing, so that nothing is degraded");
            return Err(mistake.label("never reached").help("leave out one of: soft, degrade_to"));
        }
        if *self.alert_at == Share::NONE {
            return Err(Mistake::error(&self.alert_at.place, "an alert at 0 % tells nothing").label("more than 0%"));
        }
        let mut limits = Vec::new();
        let mut of_classes = vec![Among::NONE; classes.len()];
        if let Some(most) = &self.limit {
            limits.push(self.limit(most, None, self.window)?);
            of_classes.fill(Among::NONE.with(0));
        }
        for (name, PartSpec(part)) in self.classes.iter().flatten() {
            let Some(class) = classes.iter().position(|class| *class == **name) else {
                return Err(spec::unknown_name(&name.place, "class", name, classes));
            };
            of_classes[class] = of_classes[class].with(one_more(&limits, name)?);
            limits.push(self.limit(&part.limit, part.every.as_ref(), self.window)?);
        }
        let of_deployments = self.of_deployments(models, real, &mut limits)?;
        let of_user = |PartSpec(part): &PartSpec| self.limit(&part.limit, part.every.as_ref(), self.window);
        let of_users = self.users.as_ref().map(of_user).transpose()?;
        let degrade_to = self.degrade_to.as_ref().map(group).transpose()?;
        let (limits, of_classes) = (limits.into(), of_classes.into());
        Ok(Budgets { limits, of_deployments, of_classes, of_users, degrade_to })
    }

    /// By deployment, which limits hold for it: those of models and providers, which are put behind the others.
    fn of_deployments<'n>(
        &'n self,
        models: &[(Located<String>, DeploymentId)],
        real: &dyn Fn(&'n str) -> &'n str,
        limits: &mut Vec<Limit>,
    ) -> Result<Box<[Among]>, Mistake> {
        let mut holds = Vec::new();
        let of_providers = self.providers.iter().flatten().map(|part| (part, true));
        for ((name, PartSpec(part)), of_provider) in self.models.iter().flatten().map(|part| (part, false)).chain(of_providers) {
            let is = |model: &str| if of_provider { **name == *provider(model) } else { real(name) == model };
            let mut held = models.iter().filter(|(model, _)| is(model)).map(|(_, id)| id.index()).peekable();
            if held.peek().is_none() {
                let mistake = Mistake::error(&name.place, format!("nothing is sent to \"{}\"", **name));
                return Err(mistake.label("of no model of this strategy"));
            }
            let at = one_more(limits, name)?;
            for deployment in held {
                holds.resize(holds.len().max(deployment + 1), Among::NONE);
                holds[deployment] = holds[deployment].with(at);
            }
            let anchor = self.window_of_providers.filter(|_| of_provider).unwrap_or(self.window);
            limits.push(self.limit(&part.limit, part.every.as_ref(), anchor)?);
        }
        Ok(holds.into())
    }

    fn limit(&self, most: &Located<Usd>, own: Option<&Located<SimDuration>>, anchor: Anchor) -> Result<Limit, Mistake> {
        let every = own.or(self.every.as_ref());
        if let Some(every) = every.filter(|every| every.micros() < 1_000_000) {
            return Err(Mistake::error(&every.place, "a window is 1 s at least").label("too short"));
        }
        if **most <= Usd::ZERO {
            return Err(Mistake::error(&most.place, "a budget of nothing lets nothing through").label("more than 0 USD"));
        }
        let alert = most.times_ratio((self.alert_at.get() * MILLION as f64).round_ties_even() as u64, MILLION);
        let every = every.map(|every| **every);
        Ok(Limit { most: **most, alert, every, anchor, reserves: self.reserve, soft: self.soft })
    }
}

/// Shares of limits are exact to this part.
const MILLION: u64 = 1_000_000;

/// The place of one more limit.
fn one_more(limits: &[Limit], name: &Located<String>) -> Result<usize, Mistake> {
    if limits.len() == Among::MOST {
        let what = format!("{} budgets at most, those of users aside", Among::MOST);
        return Err(Mistake::error(&name.place, what).label("one too many"));
    }
    Ok(limits.len())
}

/// The provider of a model: the first part of its name.
fn provider(model: &str) -> &str {
    model.split('/').next().unwrap_or_default()
}
