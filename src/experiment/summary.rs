//! The estimates of an experiment: everything that reports show.

use crate::stats::{Density, Estimate, LEVEL, RatioOfSums, convergence};
use crate::units::{SimDuration, Usd};

use super::answers::{AnswerLine, answers};
use super::bill::{BillLine, bill};
use super::course::{Course, days};
use super::unknown::unknown_rules;
use super::waterfall::{WaterfallStep, waterfall};
use super::{Comparison, Distribution, Frontier, Metric, MoneyFigures, Payments, PerMetric, Reference, Results, UnknownRule};

/// All estimates of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many replications they rest on.
    pub replications: u32,
    /// The length of one replication.
    pub horizon: SimDuration,
    /// Whether all replications replay the same recorded arrivals.
    pub same_arrivals: bool,
    /// The budget of one replication.
    pub budget: Option<Usd>,
    /// Which strategy the others are compared with.
    pub baseline: usize,
    /// The strategies, in the order of the scenario.
    pub strategies: Vec<StrategySummary>,
    /// Every other strategy against the baseline; then against the cheapest, where that is another.
    pub comparisons: Vec<Comparison>,
    /// Which strategies are worth a look when cost, time and quality all count.
    pub frontier: Frontier,
    /// The unknown billing rules on which anything depends.
    pub unknown: Vec<UnknownRule>,
    /// The inputs that are not known: the path of each, and what is said of it.
    pub inputs: Vec<(String, String)>,
}

/// The estimates of one strategy. All money figures are those of their lowest end, where what is unknown is not billed; the
/// highest stand apart.
#[derive(Debug, Clone, PartialEq)]
pub struct StrategySummary {
    /// Its name.
    pub name: String,
    /// Its metrics; `None` where one is undefined in every replication.
    pub metrics: PerMetric<Option<Distribution>>,
    /// The share of replications that cost more than the budget; `None` without a budget.
    pub p_over_budget: Option<Estimate>,
    /// What is billed for certain and not booked, as a share of what is booked; `None` where nothing is.
    pub billed_over_booked: Option<Estimate>,
    /// The density of its cost; `None` where every replication costs the same.
    pub density: Option<Density>,
    /// The share of replications that cost more than x dollars.
    pub exceedance: Vec<(f64, f64)>,
    /// Its spending over the horizon.
    pub course: Course,
    /// Whom it pays, and when.
    pub payments: Payments,
    /// What the money went for.
    pub bill: Vec<BillLine>,
    /// From the list price of what was delivered to the bill.
    pub waterfall: Vec<WaterfallStep>,
    /// The mean cost of its first replications, at growing numbers of them.
    pub convergence: Vec<Estimate>,
    /// How its attempts ended.
    pub answers: Vec<AnswerLine>,
    /// The highest end of all money figures; `None` where nothing is unknown.
    pub highest: Option<MoneyFigures>,
}

impl Summary {
    /// The estimates of these results. Without any replication all estimates are `None`.
    pub fn of(results: &Results) -> Self {
        let strategies: Vec<StrategySummary> =
            (0..results.strategies.len()).map(|strategy| StrategySummary::of(results, strategy)).collect();
        let cheapest = cheapest(&strategies, results.baseline);
        Self {
            replications: results.replications,
            horizon: results.horizon,
            same_arrivals: results.same_arrivals,
            budget: results.budget,
            baseline: results.baseline,
            comparisons: comparisons(results, cheapest),
            frontier: Frontier::of(results, &strategies),
            unknown: unknown_rules(results),
            inputs: results.inputs.iter().map(|input| (input.path.clone(), input.said.clone())).collect(),
            strategies,
        }
    }

    /// The length of one replication in days.
    pub fn days(&self) -> f64 {
        days(self.horizon)
    }

    /// The comparisons with the baseline, the lowest mean difference in cost first; where unknown billing moves it, its
    /// highest end counts.
    pub fn against_baseline(&self) -> Vec<&Comparison> {
        let cost = |c: &Comparison| c.ends(Metric::Cost)[1].map_or(0.0, |d| d.mean.value);
        let mut with: Vec<&Comparison> =
            self.comparisons.iter().filter(|comparison| comparison.reference == Reference::Baseline).collect();
        with.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        with
    }
}

impl StrategySummary {
    fn of(results: &Results, strategy: usize) -> Self {
        let (lowest, highest) = MoneyFigures::ends(results, strategy);
        let costs: Vec<f64> = results.of(strategy).map(|row| row.cost.to_f64()).collect();
        let other = |metric| Distribution::of_metric(metric, results.of(strategy));
        let metrics = PerMetric::from_fn(|metric| if metric.is_of_money() { *lowest.metrics.get(metric) } else { other(metric) });
        Self {
            name: results.strategies[strategy].clone(),
            metrics,
            p_over_budget: lowest.p_over_budget,
            billed_over_booked: billed_over_booked(results, strategy),
            density: lowest.density,
            exceedance: lowest.exceedance,
            course: Course::of(results, strategy),
            payments: Payments::of(results, strategy),
            bill: bill(results, strategy),
            waterfall: waterfall(results, strategy),
            convergence: convergence(&costs, LEVEL),
            answers: answers(results, strategy),
            highest,
        }
    }

    /// The distribution of its cost; every finished replication has one.
    pub fn cost(&self) -> Option<&Distribution> {
        self.metrics.get(Metric::Cost).as_ref()
    }

    /// A metric at its lowest and at its highest end: the same twice where unknown billing does not move it.
    pub fn ends(&self, metric: Metric) -> [Option<&Distribution>; 2] {
        let certain = self.metrics.get(metric).as_ref();
        let billed = self.highest.as_ref().filter(|_| metric.is_of_money());
        [certain, billed.map_or(certain, |billed| billed.metrics.get(metric).as_ref())]
    }

    /// The chance of passing the budget, likewise; `None` without a budget.
    pub fn over_budget_ends(&self) -> Option<[Estimate; 2]> {
        let certain = self.p_over_budget?;
        Some([certain, self.highest.as_ref().and_then(|billed| billed.p_over_budget).unwrap_or(certain)])
    }
}

/// By how much more providers bill than the client books.
fn billed_over_booked(results: &Results, strategy: usize) -> Option<Estimate> {
    let parts = results.of(strategy).map(|row| ((row.cost - row.booked).to_f64(), row.booked.to_f64()));
    RatioOfSums::new(parts).map(|ratio| ratio.estimate(LEVEL))
}

/// The strategy with the lowest mean cost; at equal cost the baseline, then the first.
fn cheapest(strategies: &[StrategySummary], baseline: usize) -> usize {
    let mean = |strategy: usize| strategies[strategy].cost().map_or(f64::INFINITY, |cost| cost.mean.value);
    let order = std::iter::once(baseline).chain((0..strategies.len()).filter(|&s| s != baseline));
    order.min_by(|&a, &b| mean(a).total_cmp(&mean(b))).unwrap_or(baseline)
}

fn comparisons(results: &Results, cheapest: usize) -> Vec<Comparison> {
    let mut references = vec![(results.baseline, Reference::Baseline)];
    if cheapest != results.baseline {
        references.push((cheapest, Reference::Cheapest));
    }
    let with = |(other, reference)| {
        let others = (0..results.strategies.len()).filter(move |&strategy| strategy != other);
        others.map(move |strategy| Comparison::of(results, strategy, other, reference))
    };
    references.into_iter().flat_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{MetricUnit, made_up};
    use super::*;

    #[test]
    fn doubling_all_prices_doubles_every_money_figure_exactly() {
        let plain = made_up::with_bounds(made_up::results(&["a", "b", "c"], 101));
        let doubled = Summary::of(&made_up::at_twice_the_price(&plain));
        let plain = Summary::of(&plain);
        for (before, after) in plain.strategies.iter().zip(&doubled.strategies) {
            for (metric, distribution) in before.metrics.iter() {
                let factor = if metric.unit() == MetricUnit::Usd { 2.0 } else { 1.0 };
                let (before, after) = (distribution.expect("defined"), after.metrics.get(metric).expect("defined"));
                let expected = figures(&before).map(|figure| scaled(figure, factor));
                assert_eq!(expected, figures(&after), "{metric:?}");
            }
        }
        for (before, after) in plain.comparisons.iter().zip(&doubled.comparisons) {
            let (before, after) = (before.metrics.get(Metric::Cost), after.metrics.get(Metric::Cost));
            let (before, after) = (before.expect("defined"), after.expect("defined"));
            assert_eq!(scaled(before.mean, 2.0), after.mean);
            assert_eq!((before.relative, before.p_lower), (after.relative, after.p_lower));
        }
    }

    fn figures(d: &Distribution) -> [Estimate; 8] {
        [d.mean, d.sd.expect("101 values"), d.p10, d.p50, d.p90, d.p95, d.p99, d.cvar95]
    }

    fn scaled(e: Estimate, factor: f64) -> Estimate {
        Estimate { value: e.value * factor, lo: e.lo.map(|x| x * factor), hi: e.hi.map(|x| x * factor), ..e }
    }

    #[test]
    fn strategies_do_not_move_each_other() {
        let all = Summary::of(&made_up::results(&["a", "b", "c"], 30));
        let fewer = Summary::of(&made_up::results(&["a", "b"], 30));
        assert_eq!(all.strategies[..2], fewer.strategies[..]);
        assert_eq!(all.comparisons[0], fewer.comparisons[0]);
    }

    #[test]
    fn compares_with_the_baseline_and_with_the_cheapest() {
        let summary = Summary::of(&made_up::results(&["a", "b", "c"], 30));
        let pairs: Vec<_> = summary.comparisons.iter().map(|c| (c.strategy, c.other, c.reference)).collect();
        let (baseline, cheapest) = (Reference::Baseline, Reference::Cheapest);
        assert_eq!(pairs, [(1, 0, baseline), (2, 0, baseline), (0, 2, cheapest), (1, 2, cheapest)]);
        let order: Vec<usize> = summary.against_baseline().iter().map(|c| c.strategy).collect();
        assert_eq!(order, [2, 1]);
    }

    #[test]
    fn a_single_replication_of_a_single_strategy_works() {
        let summary = Summary::of(&made_up::results(&["only"], 1));
        let only = &summary.strategies[0];
        assert!(summary.comparisons.is_empty() && only.density.is_none());
        assert_eq!(only.cost().expect("one replication").mean.n, 1);
    }
}
