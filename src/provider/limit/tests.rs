//! Any limits on any arrivals, checked from outside: nothing is exceeded, nobody overtakes, and what is turned away takes
//! nothing.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::units::{Rate, SimDuration};

/// An attempt that arrives: when after the one before, at which of two deployments, for how many images, how long its
/// client waits, how long it takes, whether it is charged.
type Sent = (i64, bool, u64, i64, i64, bool);

/// A picodollar price per image.
const PRICE: u64 = 7;

fn micros(micros: i64) -> SimDuration {
    SimDuration::from_micros(micros)
}

fn rule() -> impl Strategy<Value = (Measure, Rule)> {
    let measure = select(&[Measure::Requests, Measure::Images, Measure::Dollars][..]);
    (measure, 4_u64..12, 50_i64..400, 0..4).prop_map(|(measure, most, length, kind)| {
        let most = if measure == Measure::Dollars { most * PRICE } else { most };
        let rule = match kind {
            0 if measure != Measure::Dollars => {
                let bucket = Bucket::new(Rate { count: most, per: micros(length) }, most).expect("small");
                Rule::Bucket(Box::new([bucket]))
            }
            1 => Rule::Fixed { frame: Frame::Length(micros(length)), most: Box::new([most]) },
            2 => return (Measure::InFlight, Rule::InFlight(Box::new([most as u32 / 3]))),
            _ => Rule::Sliding { length: micros(length), most: Box::new([most]) },
        };
        (measure, rule)
    })
}

fn limit() -> impl Strategy<Value = Limit> {
    (rule(), select(&[None, None, Some(None), Some(Some(0)), Some(Some(3))][..])).prop_map(|((measure, rule), queue)| Limit {
        measure,
        rule,
        queue,
        retry_after: RetryAfter::Exact,
        ladder: None,
    })
}

/// What became of an attempt that was let in: when it arrived, left the queue and ended, and its images and charge; whether
/// it started.
#[derive(Debug, Clone, Copy)]
struct Seen {
    arrived: i64,
    left: i64,
    ended: i64,
    images: u64,
    charged: u64,
    started: bool,
}

/// What it took of a limit, and when.
fn taken(limit: &Limit, seen: &[Seen]) -> Vec<(i64, u64)> {
    let amount = |seen: &Seen| match limit.measure {
        Measure::Images => seen.images,
        Measure::Dollars => seen.charged,
        _ => 1,
    };
    match limit.queue {
        Some(_) => seen.iter().filter(|seen| seen.started).map(|seen| (seen.left, amount(seen))).collect(),
        None => seen.iter().map(|seen| (seen.arrived, amount(seen))).collect(),
    }
}

fn sum(taken: &[(i64, u64)], from: i64, to: i64) -> u64 {
    taken.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, amount)| amount).sum()
}

fn check(limit: &Limit, seen: &[Seen]) {
    let taken = taken(limit, seen);
    assert!(taken.is_sorted_by_key(|(at, _)| *at), "somebody has overtaken");
    match &limit.rule {
        Rule::Bucket(rungs) => {
            // The rate of these buckets is their burst per length, and lengths are below 400.
            let holds = rungs[0].burst();
            assert!(taken.iter().all(|(from, _)| sum(&taken, *from, from + 50) <= 2 * holds));
        }
        Rule::Fixed { frame: Frame::Length(length), most } => {
            let start = |at: i64| at - at % length.micros();
            assert!(taken.iter().all(|(at, _)| sum(&taken, start(*at), start(*at) + length.micros()) <= most[0]));
        }
        Rule::Fixed { frame: Frame::Calendar(_), .. } => unreachable!("none is made here"),
        Rule::Sliding { length, most } => {
            assert!(taken.iter().all(|(from, _)| sum(&taken, *from, from + length.micros()) <= most[0]));
        }
        Rule::InFlight(most) => {
            let busy = |seen: &&Seen, at: i64| match limit.queue {
                Some(_) => seen.started && seen.left <= at && at < seen.ended,
                None => seen.arrived <= at && at < seen.ended,
            };
            let under_way = |at: i64| seen.iter().filter(|seen| busy(seen, at)).count();
            assert!(taken.iter().all(|(at, _)| under_way(*at) <= most[0] as usize));
        }
    }
    if let Some(Some(most)) = limit.queue {
        let waiting = |at: i64| seen.iter().filter(|seen| seen.arrived <= at && at < seen.left).count();
        assert!(seen.iter().all(|seen| waiting(seen.arrived) <= most as usize), "more than {most} wait");
    }
}

/// Sends all of them, and gives back what was let in, by which deployment; the first has all limits, the second the first.
fn run(plan: &Limits, sent: &[Sent]) -> Vec<(usize, Seen)> {
    let applied = [Applied::new(plan, 0..plan.all.len(), 0), Applied::new(plan, 0..1, 0)];
    let (mut gauges, mut now) = (Gauges::new(plan), SimTime::START);
    let mut seen = Vec::new();
    let mut to_release: Vec<(i64, usize)> = Vec::new();
    for &(gap, second, images, patience, takes, billed) in sent {
        now = now + micros(gap);
        to_release.retain(|(at, deployment)| {
            let due = *at <= now.micros();
            if due {
                gauges.release(&applied[*deployment]);
            }
            !due
        });
        let asked = |measure| match measure {
            Measure::Images => images,
            Measure::Dollars => images * PRICE,
            _ => 1,
        };
        let deployment = usize::from(second);
        let of = &applied[deployment];
        let charged = if billed { images * PRICE } else { 0 };
        let taken = |charged| move |measure| if measure == Measure::Dollars { charged } else { asked(measure) };
        let arrived = now.micros();
        let one = match gauges.arrive(plan, of, now, now + micros(patience), asked) {
            Admission::Rejected { .. } => continue,
            Admission::Start { at } => {
                assert!(at >= now && at <= now + micros(patience));
                let end = at + micros(takes);
                gauges.occupy(plan, of, now, (at, end), taken(charged));
                Seen { arrived, left: at.micros(), ended: end.micros(), images, charged, started: true }
            }
            Admission::Abandoned { at } => {
                assert_eq!(at, now + micros(patience));
                gauges.abandon(plan, of, now, at, taken(0));
                Seen { arrived, left: at.micros(), ended: at.micros(), images, charged: 0, started: false }
            }
        };
        to_release.push((one.ended, deployment));
        seen.push((deployment, one));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_limit_is_exceeded_and_nobody_overtakes(
        limits in proptest::collection::vec(limit(), 1..4),
        sent in proptest::collection::vec((0_i64..60, any::<bool>(), 1_u64..5, 0_i64..300, 0_i64..200, any::<bool>()), 1..150),
    ) {
        let plan = Limits { all: limits.into(), accounts: Box::new([Standing::default()]), ..Limits::default() };
        let seen = run(&plan, &sent);
        let first: Vec<Seen> = seen.iter().filter(|(deployment, _)| *deployment == 0).map(|(_, seen)| *seen).collect();
        let both: Vec<Seen> = seen.into_iter().map(|(_, seen)| seen).collect();
        check(&plan.all[0], &both);
        plan.all[1..].iter().for_each(|limit| check(limit, &first));
    }
}

/// One server, busy from 0 to 100. The second would start at 100 and gives up at 50; the third starts at 100 all the same.
#[test]
fn who_gives_up_leaves_its_turn_to_the_next() {
    let limit = Limit {
        measure: Measure::InFlight,
        rule: Rule::InFlight(Box::new([1])),
        queue: Some(Some(1)),
        retry_after: RetryAfter::Exact,
        ladder: None,
    };
    let plan = Limits { all: Box::new([limit]), ..Limits::default() };
    let (of, mut gauges) = (Applied::new(&plan, 0..1, 0), Gauges::new(&plan));
    let at = SimTime::from_micros;
    let mut arrive = |now: i64, patience: i64| {
        let answer = gauges.arrive(&plan, &of, at(now), at(now + patience), |_| 1);
        match answer {
            Admission::Start { at: start } => gauges.occupy(&plan, &of, at(now), (start, start + micros(100)), |_| 1),
            Admission::Abandoned { at: leaves } => gauges.abandon(&plan, &of, at(now), leaves, |_| 1),
            Admission::Rejected { .. } => (),
        }
        answer
    };
    assert_eq!(arrive(0, 500), Admission::Start { at: at(0) });
    assert_eq!(arrive(10, 40), Admission::Abandoned { at: at(50) });
    assert_eq!(arrive(20, 500), Admission::Rejected { retry_after: micros(30) });
    assert_eq!(arrive(50, 50), Admission::Start { at: at(100) });
    assert_eq!(arrive(100, 500), Admission::Start { at: at(200) });
}
