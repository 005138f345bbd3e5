//! Made-up results for tests of summaries and reports: deterministic, and shaped like real ones.

use crate::engine::{Bounds, Objectives};
use crate::ledger::{Billed, CellKey, DayCell, DayKey, Unsure};
use crate::model::{Cause, Guarded, PayeeId, Stage};
use crate::provider::Doubts;
use crate::units::{SimDuration, SimTime, Usd};
use crate::workload::recorded::{Account, BadKind, BadRow};

use super::{Catalogue, ChargeCell, InputFile, Manifest, Recording, Replaced, Results, Row, SPEND_POINTS};

/// Results of these strategies: the first is the baseline and the dearest; each further one costs less, waits
/// a little less long, and fails a little more often. Demand is common to all.
pub(crate) fn results(strategies: &[&str], replications: u32) -> Results {
    let rows: Vec<Row> = (0..replications).flat_map(|r| (0..strategies.len()).map(move |s| row(r, s as u16))).collect();
    let charges = (0..strategies.len()).map(|s| charges(rows.iter().filter(|row| usize::from(row.strategy) == s))).collect();
    let days = (0..strategies.len()).map(|s| days(rows.iter().filter(|row| usize::from(row.strategy) == s))).collect();
    let spent = (0..strategies.len()).map(|s| spent(rows.iter().filter(|row| usize::from(row.strategy) == s))).collect();
    Results {
        strategies: strategies.iter().map(ToString::to_string).collect(),
        baseline: 0,
        payees: vec!["google/imagen-3".to_owned(), "qwen/image".to_owned()],
        doubts: Vec::new(),
        cases: Doubts::default(),
        replications,
        rows,
        charges,
        spent,
        days,
        horizon: SimDuration::from_micros(30 * SimDuration::DAY.micros()),
        budget: Some(usd(1_050.0)),
        same_arrivals: false,
        inputs: Vec::new(),
        expected_journeys: Some(20_000.0),
        expected_listed: Vec::new(),
    }
}

/// The same with bounds: each strategy pays twice its bound, takes three times as long as its bound, and delivers what could be
/// delivered but for every hundredth request.
pub(crate) fn with_bounds(mut results: Results) -> Results {
    for row in &mut results.rows {
        let cost = row.cost.times_ratio(1, 2);
        let bounds = Bounds { cost, time_to_image_sum: row.time_to_image_sum / 3, delivered: row.delivered + row.requests / 100 };
        row.bounds = Some((bounds, Objectives::ALL));
    }
    results
}

/// A manifest for them.
pub(crate) fn manifest(results: &Results) -> Manifest {
    Manifest {
        version: "0.1.0".to_owned(),
        commit: "0123456789ab".to_owned(),
        scenario: "made-up".to_owned(),
        scenario_sha256: "ab".repeat(32),
        plan_hash: "cd".repeat(32),
        set: vec![Replaced { path: "seed".to_owned(), value: "7".to_owned() }],
        seed: 7,
        replications: [0, results.replications],
        asked: results.replications,
        catalogues: vec![Catalogue { name: "article".to_owned(), date: "2026-01-01".to_owned(), imported: Vec::new() }],
        inputs: vec![InputFile { name: "trace.csv".to_owned(), sha256: "ef".repeat(32) }],
    }
}

/// An account of recorded traffic with a bit of everything.
pub(crate) fn recording() -> Recording {
    let row =
        BadRow { line: 7, column: String::new(), kind: BadKind::Uneven, what: "it has 2 cells, but the header has 3".into() };
    let account = Account {
        read: 9,
        kept: 6,
        skipped: [("lost".to_owned(), 1)].into(),
        repeated_headers: 1,
        bad: [(BadKind::Uneven, 1)].into(),
        first_bad: vec![row],
        unsorted: 2,
        first_unsorted: vec![3, 4],
        first: "2026-03-02T18:14:39+09:00[Asia/Tokyo]".parse().ok(),
        ..Account::default()
    };
    Recording { account, journeys: 5, after_horizon: 1 }
}

/// The same with every price doubled.
pub(crate) fn at_twice_the_price(results: &Results) -> Results {
    let mut results = results.clone();
    for row in &mut results.rows {
        (row.cost, row.wasted, row.booked) = (row.cost * 2, row.wasted * 2, row.booked * 2);
        row.gaps = row.gaps.map(|amount| amount * 2);
        row.retried = row.retried * 2;
        row.bounds.iter_mut().for_each(|(bounds, _)| bounds.cost = bounds.cost * 2);
        row.guarded =
            row.guarded.map(|Guarded { overshoot, late, alerted }| Guarded { overshoot: overshoot * 2, late: late * 2, alerted });
        row.spend.iter_mut().for_each(|spent| *spent = *spent * 2);
    }
    results.charges.iter_mut().flatten().for_each(|cell| cell.total = cell.total * 2);
    results.spent.iter_mut().flatten().for_each(|amount| *amount = *amount * 2);
    results.days.iter_mut().flatten().for_each(|cell| (cell.total, cell.listed) = (cell.total * 2, cell.listed * 2));
    results
}

/// The same with these billing rules unknown: each adds so many percent of a row's certain cost if it bills, all wasted.
pub(crate) fn in_doubt(results: Results, rules: &[&str], percent: impl Fn(usize, usize) -> u64) -> Results {
    let groups = (0..rules.len()).map(|rule| vec![rule]).collect();
    in_groups(results, rules, groups, |group, _, strategy| [percent(group, strategy); 2])
}

/// The same with these rules in groups: the share of a row's certain cost that a case adds, in percent, of which the second
/// number is wasted, is given by group, set of its rules, and strategy.
pub(crate) fn in_groups(
    results: Results,
    rules: &[&str],
    groups: Vec<Vec<usize>>,
    percent: impl Fn(usize, usize, usize) -> [u64; 2],
) -> Results {
    let (doubts, cases) = (rules.iter().map(ToString::to_string).collect(), Doubts::new(groups));
    let mut results = Results { doubts, cases: cases.clone(), ..results };
    for row in &mut results.rows {
        let (cost, strategy) = (row.cost, usize::from(row.strategy));
        let sets = cases.groups().iter().enumerate().flat_map(|(number, group)| group.sets().map(move |set| (number, set)));
        let amounts = sets.map(|(group, set)| percent(group, set, strategy).map(|percent| cost.times_ratio(percent, 100)));
        row.cases = amounts.map(|[cost, wasted]| Unsure { cost, wasted }).collect();
    }
    for strategy in 0..results.strategies.len() {
        let total = results.of(strategy).map(|row| results.unknown(row).cost).sum();
        let key = CellKey { payee: PayeeId(0), stage: Some(Stage::Draft), cause: Cause::Filtered, certain: false };
        if total != Usd::ZERO {
            results.charges[strategy].push(ChargeCell { key, count: results.replications.into(), total });
        }
    }
    results
}

fn usd(dollars: f64) -> Usd {
    Usd::from_picos((dollars * 1e6) as i128 * 1_000_000)
}

/// A draw in [0, 1) that depends on its keys alone (SplitMix64).
fn uniform(replication: u32, purpose: u64) -> f64 {
    let mut z = (u64::from(replication) << 20 | purpose).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A draw with mean 0 and standard deviation 1: twelve uniforms.
fn normal(replication: u32, purpose: u64) -> f64 {
    (0..12).map(|i| uniform(replication, purpose * 16 + i)).sum::<f64>() - 6.0
}

fn row(replication: u32, strategy: u16) -> Row {
    let rank = f64::from(strategy);
    let demand = 1.0 + 0.08 * normal(replication, 0);
    let own = 1.0 + 0.02 * normal(replication, u64::from(strategy) + 1);
    let cost = usd(1_000.0 * demand * own * 0.75_f64.powf(rank));
    let requests = (40_000.0 * demand) as u64;
    let delivered = (requests as f64 * (0.985 - 0.01 * rank)) as u64;
    let lost = requests - delivered;
    let (filtered, timed_out, rate_limited) = (lost / 3, lost / 12, lost / 24);
    let failed = lost - filtered - timed_out - rate_limited;
    let attempts = requests + requests / 10;
    let answers = [delivered, filtered, failed, timed_out, attempts - delivered - filtered - failed - timed_out, 0, 0];
    let seconds = |s: f64| SimDuration::from_secs_f64(s * (1.0 - 0.1 * rank) * (1.0 + 0.01 * normal(replication, 99)));
    let total = |s: f64, times: u64| u128::from(seconds(s).micros().unsigned_abs()) * u128::from(times);
    Row {
        replication,
        strategy,
        journeys: requests / 2,
        listed: Usd::ZERO,
        accepted: Some(requests * 2 / 5),
        requests,
        delivered,
        filtered,
        failed,
        timed_out,
        rate_limited,
        gone: 0,
        refused: 0,
        cached: 0,
        images: delivered,
        attempts,
        answers: if strategy == 0 { vec![answers, [0; 7]] } else { vec![[0; 7], answers] },
        cost,
        wasted: cost.times_ratio(3 + u64::from(strategy), 100),
        booked: cost - cost.times_ratio(3 + u64::from(strategy), 100),
        retried: cost.times_ratio(1 + u64::from(strategy), 100),
        gaps: [cost.times_ratio(3 + u64::from(strategy), 100), Usd::ZERO, Usd::ZERO, Usd::ZERO, Usd::ZERO, Usd::ZERO],
        guarded: Some(Guarded {
            overshoot: cost.times_ratio(1, 200),
            late: cost.times_ratio(1, 100),
            alerted: Some(SimTime::from_micros((20.0 * demand * SimDuration::DAY.micros() as f64) as i64)),
        }),
        cases: Vec::new(),
        time_to_image: Some([seconds(4.0), seconds(9.5), seconds(16.0)]),
        time_to_image_sum: total(4.6, delivered),
        time_to_accepted: Some([seconds(70.0), seconds(400.0)]),
        time_to_accepted_sum: total(110.0, requests * 2 / 5),
        spend: course(cost, replication),
        bounds: None,
    }
}

/// Spending grows through the month, faster towards its end.
fn course(cost: Usd, replication: u32) -> Vec<Usd> {
    let bend = 1.1 + 0.1 * uniform(replication, 500);
    let share = |point: usize| (point as f64 / SPEND_POINTS as f64).powf(bend);
    let spent = |point| if point == SPEND_POINTS { cost } else { usd(cost.to_f64() * share(point)) };
    (1..=SPEND_POINTS).map(spent).collect()
}

/// The first strategy pays all to the first payee; the others a third of it.
fn spent<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Usd> {
    let mut spent = vec![Usd::ZERO; 2 * SPEND_POINTS];
    for row in rows {
        let mut before = Usd::ZERO;
        for (point, &until) in row.spend.iter().enumerate() {
            let amount = until - before;
            let first = if row.strategy == 0 { amount } else { amount.times_ratio(1, 3) };
            spent[2 * point] += first;
            spent[2 * point + 1] += amount - first;
            before = until;
        }
    }
    spent
}

/// The same by day: two parts of the course are one.
fn days<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Vec<DayCell> {
    let count = rows.clone().count() as i64;
    let spent = spent(rows);
    let each = (0..30).flat_map(|day| [0_u16, 1].map(|payee| (day, payee)));
    let cells = each.map(|(day, payee)| {
        let total = [0, 2].map(|part| spent[4 * day + part + usize::from(payee)]).into_iter().sum();
        let key = DayKey { day: day as u32, payee: PayeeId(payee), cause: Cause::Delivered, billed: Billed::Surely };
        DayCell { key, count: 100 * count, total, listed: total }
    });
    cells.filter(|cell| cell.total != Usd::ZERO).collect()
}

fn charges<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<ChargeCell> {
    let (mut bought, mut wasted, mut count, mut cheap) = (Usd::ZERO, Usd::ZERO, 0, false);
    for row in rows {
        bought += row.cost - row.wasted;
        wasted += row.wasted;
        count += row.delivered;
        cheap = row.strategy > 0;
    }
    let third = wasted.times_ratio(1, 3);
    let drafts = bought.times_ratio(if cheap { 2 } else { 4 }, 5);
    let cell = |payee, stage, cause, total| {
        let key = CellKey { payee: PayeeId(payee), stage: Some(stage), cause, certain: true };
        ChargeCell { key, count, total }
    };
    let draft = u16::from(cheap);
    vec![
        cell(0, Stage::Final, Cause::Delivered, bought - drafts),
        cell(0, Stage::Final, Cause::Failed, third),
        cell(draft, Stage::Draft, Cause::Delivered, drafts),
        cell(draft, Stage::Draft, Cause::Filtered, third),
        cell(draft, Stage::Draft, Cause::TimedOut, wasted - third - third),
    ]
}
