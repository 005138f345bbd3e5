//! From models as written to a market: what each is subject to, found by name, and every mistake with its place.

use super::billing::{Billing, Doubt};
use super::fault::{IncidentsSpec, Scope, Source};
use super::grouping::group;
use super::life::Span;
use super::limit::{Limits, LimitsBuilder, LimitsSpec};
use super::market::{Market, Owner};
use super::moving::Moving;
use super::party::{self, AccountSpec, CloudSpec, GatewaySpec, ProviderSpec};
use super::spec::{ModelSpec, Setting};
use super::terms::TermsSpec;
use super::{Applied, Deployment, Group, More, rule_name};
use crate::dist::QuantileTable;
use crate::model::{DeploymentId, PayeeId};
use crate::spec::{Located, Mistake, Named, nearest};
use crate::units::{Share, SimTime};

/// Everybody, by name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parties<'a> {
    /// The models themselves: unknown rules of billing are named after those that have them.
    pub models: Option<&'a Named<ModelSpec>>,
    /// Accounts.
    pub accounts: Option<&'a Named<AccountSpec>>,
    /// Providers.
    pub providers: Option<&'a Named<ProviderSpec>>,
    /// Clouds.
    pub clouds: Option<&'a Named<CloudSpec>>,
    /// Gateways.
    pub gateways: Option<&'a Named<GatewaySpec>>,
}

/// Builds the market of a scenario, deployment by deployment.
pub struct MarketBuilder<'a> {
    setting: &'a Setting<'a>,
    parties: Parties<'a>,
    /// The names of the deployments, by id.
    names: &'a [String],
    limits: LimitsBuilder,
    incidents: Vec<(String, Source)>,
    moving: Vec<(String, Moving)>,
    owners: Vec<(String, Owner)>,
    payees: Vec<String>,
    /// Unknown rules in words, each with the place where it comes up first.
    doubts: Vec<Located<String>>,
}

/// How a deployment is reached, and through whom.
struct Route<'a> {
    provider: &'a str,
    gateway: Option<(&'a str, &'a GatewaySpec)>,
    /// Whether the client has an account with the provider.
    direct: bool,
}

impl<'a> MarketBuilder<'a> {
    /// A market for deployments of these names, by id.
    pub fn new(setting: &'a Setting<'a>, parties: Parties<'a>, names: &'a [String]) -> Self {
        Self {
            setting,
            parties,
            names,
            limits: LimitsBuilder::default(),
            incidents: Vec::new(),
            moving: Vec::new(),
            owners: Vec::new(),
            payees: names.to_vec(),
            doubts: Vec::new(),
        }
    }

    /// The limits so far.
    pub const fn limits(&self) -> &Limits {
        self.limits.limits()
    }

    /// The market of these deployments, the names of its payees, and its unknown rules in words.
    ///
    /// # Errors
    /// Where too many unknown rules depend on each other.
    pub fn finish(self, mut deployments: Box<[Deployment]>) -> Result<(Market, Vec<String>, Vec<String>), Mistake> {
        let limits = self.limits.finish(deployments.iter_mut().flat_map(Deployment::all_limits));
        let mut owners: Box<[Owner]> = self.owners.into_iter().map(|(_, owner)| owner).collect();
        let rules = self.doubts.len();
        let doubts = group(&mut deployments, &mut owners, rules).map_err(|rules| too_many(&self.doubts, &rules))?;
        let market = Market {
            deployments,
            limits,
            incidents: self.incidents.into_iter().map(|(_, source)| source).collect(),
            moving: self.moving.into_iter().map(|(_, moving)| moving).collect(),
            owners,
            payees: self.payees.len() + 1,
            client: PayeeId(self.payees.len() as u16),
            doubts,
            horizon: SimTime::START + self.setting.horizon,
        };
        let payees = self.payees.into_iter().chain(std::iter::once("client".to_owned())).collect();
        Ok((market, payees, self.doubts.into_iter().map(|rule| rule.value).collect()))
    }

    /// The next deployment. `name` is where it is asked for; `drafts` says whether it makes drafts.
    ///
    /// # Errors
    /// All that is missing or makes no sense.
    pub fn add(&mut self, name: &Located<String>, model: &ModelSpec, drafts: bool) -> Result<Deployment, Vec<Mistake>> {
        let mut mistakes = model.missing(name, drafts);
        let route = self.route(name)?;
        let prices = keep(model.prices(self.setting).map_err(|mistake| vec![mistake]), &mut mistakes);
        let limits = keep(self.limits_of(name, model, &route), &mut mistakes);
        let more = keep(self.more(name, model, &route), &mut mistakes);
        let latency = model.latency.as_ref().map(|law| {
            let wrong = |what| vec![Mistake::error(&law.place, what).label("no such distribution")];
            law.law().map_err(wrong)
        });
        let latency = latency.map_or(Ok(None), |law| law.map(Some));
        let latency = keep(latency, &mut mistakes).flatten();
        let (model_name, _) = party::parts(name);
        let failure = model.failure.clone().unwrap_or_default().build(model_name).map_err(|mistake| vec![mistake]);
        let failure = keep(failure, &mut mistakes);
        let of_model = Located { value: model_name.to_owned(), place: name.place.clone() };
        let filter = model.filter.as_ref().map(|filter| filter.build(&of_model, self.setting.categories));
        let filter = keep(filter.transpose().map_err(|mistake| vec![mistake]), &mut mistakes);
        let latency = latency.or_else(|| model.versions.as_ref().and_then(|_| crate::dist::Law::constant(0.0).ok()));
        let (Some(prices), Some(limits), Some(more), Some(latency), Some(failure), Some(filter)) =
            (prices, limits, more, latency, failure, filter)
        else {
            return Err(mistakes);
        };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let model_number = self.names.iter().position(|other| party::parts(other).0 == model_name).unwrap_or(0);
        Ok(Deployment {
            model: model_number as u16,
            prices: prices.into(),
            limits,
            latency: QuantileTable::new(latency),
            failure,
            filter,
            billing: self.billing(name, model, &route),
            acceptance: model.acceptance.unwrap_or(Share::ALL).threshold(),
            more: (!more.is_empty()).then(|| Box::new(more)),
        })
    }

    /// Through whom this deployment is reached.
    fn route<'n>(&self, name: &'n Located<String>) -> Result<Route<'n>, Vec<Mistake>>
    where
        'a: 'n,
    {
        let (model, gateway) = party::parts(name);
        let gateway = gateway.map(|gateway| {
            let known = self.parties.gateways.and_then(|all| all.get(gateway)).map(|spec| (gateway, spec));
            known.ok_or_else(|| {
                let names: Vec<String> = self.parties.gateways.into_iter().flat_map(Named::names).map(str::to_owned).collect();
                let mistake = Mistake::error(&name.place, format!("unknown gateway \"{gateway}\"")).label("no such gateway");
                let near = nearest(gateway, &names).map(|near| format!("did you mean \"{near}\"?"));
                vec![mistake.help(near.unwrap_or_else(|| format!("describe it in [gateways.{gateway}]")))]
            })
        });
        let gateway = gateway.transpose()?;
        let direct = gateway.is_none_or(|(_, spec)| spec.own_key);
        Ok(Route { provider: party::provider(model), gateway, direct })
    }

    fn provider(&self, route: &Route<'_>) -> Option<&'a ProviderSpec> {
        self.parties.providers.and_then(|all| all.get(route.provider))
    }

    /// The account through which the provider is reached, and its name.
    fn account<'n>(&self, model: &'n ModelSpec, route: &Route<'n>) -> Result<(&'n str, Option<&'a AccountSpec>), Vec<Mistake>> {
        let through = model.account.as_ref().map_or(route.provider, |account| account.value.as_str());
        let spec = self.parties.accounts.and_then(|accounts| accounts.get(through));
        if let Some(unknown) = model.account.as_ref().filter(|_| spec.is_none()) {
            let mistake = Mistake::error(&unknown.place, format!("unknown account \"{through}\"")).label("no such account");
            return Err(vec![mistake.help(format!("describe it in [accounts.{through}]"))]);
        }
        Ok((through, spec))
    }

    /// The limits that apply: the model's own, and those of its account and provider. A gateway's own are apart.
    fn limits_of(&mut self, name: &str, model: &ModelSpec, route: &Route<'_>) -> Result<Applied, Vec<Mistake>> {
        let (through, spec) = self.account(model, route)?;
        if !route.direct {
            let account = self.limits.account(name, None)?;
            return Ok(self.limits.applied(&[], account));
        }
        let account = self.limits.account(through, spec)?;
        let (setting, mut numbers) = (self.setting, Vec::new());
        let of_model = (format!("model {}", party::parts(name).0), model.limits.as_ref());
        let of_account = (format!("account {through}"), spec.and_then(|spec| spec.limits.as_ref()));
        let provider = self.provider(route).and_then(|spec| spec.limits.as_ref());
        for (owner, limits) in [of_model, of_account, (format!("provider {}", route.provider), provider)] {
            if let Some(limits) = limits {
                numbers.extend(self.limits.share(&owner, limits, account, setting)?);
            }
        }
        Ok(self.limits.applied(&numbers, account))
    }

    /// The limits of a gateway.
    fn limits_of_gateway(&mut self, gateway: &str, limits: Option<&LimitsSpec>) -> Result<Applied, Vec<Mistake>> {
        let owner = format!("gateway {gateway}");
        let account = self.limits.account(&owner, None)?;
        let numbers = limits.map(|limits| self.limits.share(&owner, limits, account, self.setting)).transpose()?;
        Ok(self.limits.applied(&numbers.unwrap_or_default(), account))
    }

    fn more(&mut self, name: &Located<String>, model: &ModelSpec, route: &Route<'_>) -> Result<More, Vec<Mistake>> {
        let one = |mistake| vec![mistake];
        let (model_name, gateway_name) = party::parts(name);
        let life = model.life.as_ref().map(|life| life.build(model_name, self.setting)).transpose().map_err(one)?;
        let successor = model.life.as_ref().and_then(|life| life.successor.as_ref());
        let successor = successor.and_then(|to| self.id(&through(to, gateway_name)));
        Ok(More {
            hang: model.hang.as_ref().map(super::fault::HangSpec::build),
            cold: model.cold_start.as_ref().map(super::fault::ColdStartSpec::build).transpose().map_err(one)?,
            cache: self.cache(model).map_err(one)?,
            incidents: self.sources(model_name, model, route).map_err(one)?,
            moving: self.moving(model_name, model).map_err(one)?,
            life,
            successor,
            versions: self.versions(model, gateway_name)?,
            owners: self.owners(name, model, route)?,
            group: None,
            via: self.via(model_name, route)?,
        })
    }

    fn cache(&self, model: &ModelSpec) -> Result<Option<super::Cache>, Mistake> {
        let (templates, shapes) = (self.setting.templates, self.setting.shapes.len());
        model.cache.as_ref().map(|cache| cache.build(templates, shapes)).transpose()
    }

    fn via(&mut self, model: &str, route: &Route<'_>) -> Result<Option<super::party::Via>, Vec<Mistake>> {
        let Some((name, gateway)) = route.gateway else { return Ok(None) };
        let one = |mistake| vec![mistake];
        let mut failover = Vec::new();
        for to in gateway.failover(model, name) {
            let unknown =
                || Mistake::error(&to.place, format!("unknown model \"{}\"", party::parts(&to).0)).label("no such model");
            failover.push(self.id(&to).ok_or_else(unknown).map_err(one)?);
        }
        let owners = self.gateway_owner(route)?.into_iter().collect();
        let limits = self.limits_of_gateway(name, gateway.limits.as_ref())?;
        let incidents = gateway.incidents.as_ref().map(|spec| self.source(Scope::Gateway, name, spec));
        let incidents = incidents.transpose().map_err(one)?;
        gateway.via((limits, incidents.into_iter().collect(), owners), failover.into()).map(Some).map_err(one)
    }

    /// What a floating name stands for, in the order of dates.
    fn versions(&self, model: &ModelSpec, gateway: Option<&str>) -> Result<Box<[(SimTime, DeploymentId)]>, Vec<Mistake>> {
        let mut versions: Vec<(SimTime, DeploymentId)> = Vec::new();
        for version in model.versions.iter().flatten() {
            let place = version.from.as_ref().map_or(&version.model.place, |date| &date.place);
            let time = version.from.as_ref().map_or(Ok(Span::ALWAYS.from), |date| (self.setting.time)(**date));
            let time = time.map_err(|what| vec![Mistake::error(place, what)])?;
            let id = self.id(&through(&version.model, gateway)).ok_or_else(|| {
                let what = format!("unknown model \"{}\"", *version.model);
                vec![Mistake::error(&version.model.place, what).label("no such model")]
            })?;
            if versions.last().is_some_and(|(before, _)| *before >= time) {
                return Err(vec![
                    Mistake::error(place, "versions must be in order of their dates").label("not after the one before"),
                ]);
            }
            versions.push((time, id));
        }
        Ok(versions.into())
    }

    fn id(&self, name: &str) -> Option<DeploymentId> {
        self.names.iter().position(|known| known == name).map(|index| DeploymentId(index as u16))
    }

    /// The sources of incidents that a model is subject to: its own, its provider's, its cloud's.
    fn sources(&mut self, name: &str, model: &ModelSpec, route: &Route<'_>) -> Result<Box<[u16]>, Mistake> {
        let mut numbers = Vec::new();
        let provider = self.provider(route);
        let cloud = provider.and_then(|provider| provider.cloud.as_ref());
        let of_cloud = cloud.map(|cloud| {
            let known = self.parties.clouds.and_then(|all| all.get(cloud));
            let unknown = || Mistake::error(&cloud.place, format!("unknown cloud \"{}\"", **cloud)).label("no such cloud");
            known.ok_or_else(|| unknown().help(format!("describe it in [clouds.{}]", **cloud)))
        });
        let of_cloud = of_cloud.transpose()?.map(|spec| &spec.incidents);
        let all = [
            (Scope::Model, name, model.incidents.as_ref()),
            (Scope::Provider, route.provider, provider.and_then(|provider| provider.incidents.as_ref())),
            (Scope::Cloud, cloud.map_or("", |cloud| cloud.as_str()), of_cloud),
        ];
        for (scope, name, spec) in all {
            numbers.extend(spec.map(|spec| self.source(scope, name, spec)).transpose()?);
        }
        Ok(numbers.into())
    }

    fn source(&mut self, scope: Scope, name: &str, spec: &IncidentsSpec) -> Result<u16, Mistake> {
        let key = format!("{scope:?} {name}");
        if let Some(known) = self.incidents.iter().position(|(other, _)| *other == key) {
            return Ok(known as u16);
        }
        self.incidents.push((key, spec.build(scope, name)?));
        Ok((self.incidents.len() - 1) as u16)
    }

    fn moving(&mut self, name: &str, model: &ModelSpec) -> Result<Option<u16>, Mistake> {
        let Some(moves) = &model.moves else { return Ok(None) };
        // Whoever sells it, it has one price, which moves with all that is bought.
        if let Some(known) = self.moving.iter().position(|(other, _)| other == name) {
            return Ok(Some(known as u16));
        }
        self.moving.push((name.to_owned(), moves.build(name, self.setting)?));
        Ok(Some((self.moving.len() - 1) as u16))
    }

    /// Whose terms hold: the model's own, those of its account and provider, then the gateway's.
    fn owners(&mut self, name: &str, model: &ModelSpec, route: &Route<'_>) -> Result<Box<[u16]>, Vec<Mistake>> {
        let mut all = Vec::new();
        if route.direct {
            let (through, account) = self.account(model, route)?;
            all.push((party::parts(name).0.to_owned(), model.terms.as_ref()));
            all.push((format!("account {through}"), account.and_then(|account| account.terms.as_ref())));
            all.push((format!("provider {}", route.provider), self.provider(route).and_then(|spec| spec.terms.as_ref())));
        }
        let with_terms = all.into_iter().filter_map(|(name, terms)| Some((name, terms?)));
        let mut owners = with_terms.map(|(name, terms)| self.owner(name, terms, false)).collect::<Result<Vec<u16>, _>>()?;
        owners.extend(self.gateway_owner(route)?);
        Ok(owners.into())
    }

    /// The gateway, where it has terms.
    fn gateway_owner(&mut self, route: &Route<'_>) -> Result<Option<u16>, Vec<Mistake>> {
        let terms = route.gateway.and_then(|(name, spec)| Some((name, spec.terms.as_ref()?)));
        terms.map(|(name, terms)| self.owner(format!("gateway {name}"), terms, true)).transpose()
    }

    fn owner(&mut self, name: String, spec: &TermsSpec, is_gateway: bool) -> Result<u16, Vec<Mistake>> {
        if let Some(known) = self.owners.iter().position(|(other, _)| *other == name) {
            return Ok(known as u16);
        }
        let terms = spec.build(self.setting)?;
        // What a model is paid through its provider is one bill, whatever way its attempts take.
        let paid = |known: &String| *known == name || party::parts(known).0 == name;
        let payee = self.payees.iter().position(paid).unwrap_or_else(|| {
            self.payees.push(name.clone());
            self.payees.len() - 1
        });
        self.owners.push((name, Owner { payee: PayeeId(payee as u16), terms, group: None, is_gateway }));
        Ok((self.owners.len() - 1) as u16)
    }

    /// The rules of billing. Every unknown rule is a group of its own until all are known.
    fn billing(&mut self, name: &Located<String>, model: &ModelSpec, route: &Route<'_>) -> Billing {
        let biller = route.gateway.filter(|_| !route.direct).map_or(route.provider, |(gateway, _)| gateway);
        model.billing.as_ref().map_or(Billing::USUAL, |spec| {
            Billing::new(spec, |outcome| {
                let of_provider = || rule_name::of_provider(biller, outcome, self.parties.models);
                let rule = if route.direct { of_provider() } else { rule_name::name(biller, outcome) };
                let known = self.doubts.iter().position(|known| known.value == rule).unwrap_or_else(|| {
                    self.doubts.push(Located { value: rule, place: name.place.clone() });
                    self.doubts.len() - 1
                });
                Doubt { group: known as u16, rules: 1 }
            })
        })
    }
}

/// Too many unknown rules meet in the same terms.
fn too_many(all: &[Located<String>], rules: &[usize]) -> Mistake {
    let what = format!("{} unknown billing rules depend on each other, as they meet in the same terms", rules.len());
    let mut names: Vec<&str> = rules.iter().map(|rule| all[*rule].value.as_str()).collect();
    names.sort_unstable();
    let mistake = Mistake::error(&all[rules[0]].place, what).label("one of the models concerned");
    let mistake = mistake.help(format!("at most {} can be told apart: assume an answer for some of them", Group::MOST));
    mistake.help(format!("whether {}", names.join(", ")))
}

/// A model's name as the client reaches it.
fn through(model: &str, gateway: Option<&str>) -> String {
    gateway.map_or_else(|| model.to_owned(), |gateway| format!("{model}{}{gateway}", party::VIA))
}

/// What was made; `None` after mistakes, which are kept.
fn keep<T>(made: Result<T, Vec<Mistake>>, mistakes: &mut Vec<Mistake>) -> Option<T> {
    made.map_err(|found| mistakes.extend(found)).ok()
}
