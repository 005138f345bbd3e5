//! Whatever happens, the money adds up: what random items are charged, with the fees, is what a formula over their sums or
//! a naive model says.

use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;

use super::made_up::{Bill, usd};
use super::{Fee, Item};
use crate::model::Cause;
use crate::units::{SimDuration, SimTime, Usd};

const HOUR: i64 = SimDuration::HOUR.micros();
/// What an image costs at list in these tests.
const EACH: i128 = 40_000_000_000;
/// The months of 2026 that the items can meet, as hours from the scenario's start.
const MONTHS: [i64; 6] = [0, 744, 1416, 2160, 2880, 3624];

/// Items in order, up to 150 days: hours since the one before, images, whether it is billed. List charges are exact.
fn items() -> impl Strategy<Value = Vec<Item>> {
    vec((0_i64..60, 1_u8..=10, any::<bool>()), 0..60).prop_map(|all| {
        let mut hours = 0;
        let item = |(gap, images, billed): (i64, u8, bool)| {
            hours += gap;
            Item {
                images,
                tokens: u64::from(images) * 100,
                generation: SimDuration::from_micros(i64::from(images) * 7_000_001),
                list: if billed { Usd::from_picos(EACH * i128::from(images)) } else { Usd::ZERO },
                at: SimTime::from_micros(hours * HOUR),
                billed,
                request: true,
            }
        };
        all.into_iter().map(item).collect()
    })
}

/// Items of any charge, at any time.
fn odd_items() -> impl Strategy<Value = Vec<Item>> {
    (items(), vec(0_i128..3_000_000_000_000, 60)).prop_map(|(mut all, lists)| {
        for (item, list) in all.iter_mut().zip(lists) {
            item.list = if item.billed { Usd::from_picos(list) } else { Usd::ZERO };
        }
        all
    })
}

/// The sum of the charges of all items.
fn charges(bill: &mut Bill, items: &[Item]) -> Usd {
    items.iter().map(|item| bill.apply(*item)).sum()
}

/// The calendar month of an item.
fn month(item: &Item) -> usize {
    MONTHS.iter().rposition(|start| start * HOUR <= item.at.micros()).expect("the first month begins at 0")
}

/// What is counted of the items of each month.
fn by_month(items: &[Item], count: impl Fn(&Item) -> i128) -> [i128; 6] {
    let mut sums = [0; 6];
    for item in items {
        sums[month(item)] += count(item);
    }
    sums
}

/// Images that are billed.
fn images(item: &Item) -> i128 {
    if item.billed { i128::from(item.images) } else { 0 }
}

/// A drawer of packs as one would keep it with pen and paper; what was paid and what expired, both in full packs' worth.
fn drawer(items: &[Item], pack: i128, lasts: i64) -> (i128, i128, i128) {
    let mut packs: VecDeque<(i128, i64)> = VecDeque::new();
    let (mut bought, mut expired) = (0, 0);
    for item in items {
        let now = item.at.micros();
        packs.retain(|(left, until)| {
            let gone = *until <= now;
            expired += if gone { *left } else { 0 };
            !gone
        });
        let mut need = item.list.picos();
        while need > 0 {
            let Some((left, _)) = packs.front_mut().filter(|(left, _)| *left > 0) else {
                packs.pop_front();
                packs.push_back((pack, now + lasts));
                bought += 1;
                continue;
            };
            let taken = need.min(*left);
            *left -= taken;
            need -= taken;
        }
    }
    (bought, expired, packs.iter().map(|(left, _)| left).sum())
}

proptest! {
    #[test]
    fn what_is_bought_is_used_or_expires_or_is_left(items in odd_items()) {
        let mut credits = Bill::of("credits = { credit = \"0.01 USD\", pack = 700, price = \"3 USD\", expires = \"30d\" }");
        let used = charges(&mut credits, &items);
        let (bought, ..) = drawer(&items, 7_000_000_000_000, 30 * 24 * HOUR);
        prop_assert_eq!((used + credits.fee(Cause::Expired) + credits.prepaid()).picos(), bought * 3_000_000_000_000);

        let mut top_up = Bill::of("top_up = { purchase = \"5 USD\", fee = \"5.5%\", minimum = \"0.80 USD\", expires = \"30d\" }");
        let used = charges(&mut top_up, &items);
        let (bought, expired, left) = drawer(&items, 5_000_000_000_000, 30 * 24 * HOUR);
        prop_assert_eq!(used, items.iter().map(|item| item.list).sum::<Usd>());
        prop_assert_eq!(top_up.fee(Cause::Fee).picos(), bought * 800_000_000_000);
        prop_assert_eq!((top_up.fee(Cause::Expired).picos(), top_up.prepaid().picos()), (expired, left));
    }

    #[test]
    fn a_quota_is_a_quota(items in items(), quota in 0_u64..80) {
        let beyond = by_month(&items, images).map(|images| (images - i128::from(quota)).max(0));
        let sum: i128 = beyond.iter().sum();
        let months = items.last().map_or(0, |item| month(item) + 1);
        let terms = [
            (format!("subscription = {{ fee = \"30 USD\", quota.images = {quota} }}"), EACH),
            (format!("subscription = {{ fee = \"30 USD\", quota.images = {quota}, beyond.price = \"0.05 USD\" }}"), 50_000_000_000),
            (format!("subscription = {{ fee = \"30 USD\", quota.images = {quota}, beyond.slow = 3 }}"), 0),
        ];
        for (text, each) in terms {
            let mut bill = Bill::of(&text);
            prop_assert_eq!(charges(&mut bill, &items).picos(), sum * each);
            prop_assert_eq!(bill.fee(Cause::Standing), usd("30 USD") * months as u64);
        }
        let mut free = Bill::of(&format!("free = {{ amount.images = {quota}, renews = \"month\" }}"));
        prop_assert_eq!(charges(&mut free, &items).picos(), sum * EACH);
        let all: i128 = items.iter().map(images).sum();
        let mut once = Bill::of(&format!("free.amount.tokens = {}", quota * 100));
        prop_assert_eq!(charges(&mut once, &items).picos(), (all - i128::from(quota)).max(0) * EACH);
    }

    #[test]
    fn overage_by_the_hour_is_the_price_of_the_sum(items in items()) {
        let mut bill = Bill::of("subscription = { fee = \"0 USD\", every = \"year\", quota.generation = \"60s\", beyond.price = \"4 USD\" }");
        let micros: i128 = items.iter().map(|item| images(item) * 7_000_001).sum();
        let beyond = u64::try_from((micros - 60_000_000).max(0)).expect("positive");
        prop_assert_eq!(charges(&mut bill, &items), usd("4 USD").times_ratio(beyond, 3_600_000_000));
    }

    #[test]
    fn tiers_price_the_sum(items in odd_items(), first in 1_i128..40, second in 40_i128..120) {
        let by_images = |kind: &str| format!(
            "volume = {{ kind = \"{kind}\", by.images = [{{ above = {first}, price = \"0.03 USD\" }}, {{ above = {second}, price = \"0.02 USD\" }}] }}"
        );
        let flat: Vec<Item> = items.iter().map(|item| Item { list: Usd::from_picos(EACH * images(item)), ..*item }).collect();
        let volumes = by_month(&flat, images);
        let marginal = volumes.map(|n| n.min(first) * 4 + (n.min(second) - first).max(0) * 3 + (n - second).max(0) * 2);
        prop_assert_eq!(charges(&mut Bill::of(&by_images("marginal")), &flat).picos(), marginal.iter().sum::<i128>() * 10_000_000_000);
        let cliff = volumes.map(|n| n * if n > second { 2 } else if n > first { 3 } else { 4 });
        let mut bill = Bill::of(&by_images("cliff"));
        let charged = charges(&mut bill, &flat) + bill.fee(Cause::Delivered);
        prop_assert_eq!(charged.picos(), cliff.iter().sum::<i128>() * 10_000_000_000);

        let mut bill = Bill::of("volume = { kind = \"cliff\", resets = \"never\", by.spend = [{ above = \"7 USD\", discount = \"12.3456%\" }] }");
        let charged = charges(&mut bill, &items) + bill.fee(Cause::Delivered);
        let list: i128 = items.iter().map(|item| item.list.picos()).sum();
        let off = if list > 7_000_000_000_000 { Usd::from_picos(list).times_ratio(123_456, 1_000_000) } else { Usd::ZERO };
        prop_assert_eq!(charged, Usd::from_picos(list) - off);
    }

    #[test]
    fn requests_are_counted(items in items(), free in 0_u64..30, per in 1_u64..9) {
        let requests = by_month(&items, |_| 1).map(|n| n as u64);
        let mut platform = Bill::of(&format!("platform = {{ fee = \"49 USD\", included = {free}, overage = {{ fee = \"9 USD\", per = {per} }} }}"));
        charges(&mut platform, &items);
        let blocks: u64 = requests.iter().map(|n| n.saturating_sub(free).div_ceil(per)).sum();
        prop_assert_eq!(platform.fee(Cause::Fee), usd("9 USD") * blocks);

        let mut fee = Bill::of(&format!("usage_fee = {{ share = \"5%\", free_requests = {free} }}\nper_request.fee = \"0.001 USD\""));
        let list = charges(&mut fee, &items);
        let mut seen = [0; 6];
        let paying = items.iter().filter(|item| { seen[month(item)] += 1; seen[month(item)] > free });
        let share: i128 = paying.map(|item| images(item) * EACH / 20).sum();
        prop_assert_eq!(list.picos(), items.iter().map(|item| images(item) * EACH).sum::<i128>());
        prop_assert_eq!(fee.fee(Cause::Fee).picos(), share + 1_000_000_000 * items.len() as i128);
    }

    /// Looking more often changes nothing: not the charges, and not one fee.
    #[test]
    fn catching_up_is_the_same_as_looking_often(items in odd_items(), end in 0_i64..9000) {
        let all = "markup = \"+30%\"\nfree = { amount.images = 9, expires = \"90d\", renews = \"30d\" }\nvolume = { kind = \"cliff\", by.spend = [{ above = \"3 USD\", discount = \"7%\" }] }\n\
            subscription = { fee = \"30 USD\", every = \"week\", quota.generation = \"2min\", beyond.price = \"4 USD\" }\nper_request.fee = \"0.001 USD\"\n\
            usage_fee = { share = \"5%\", free_requests = 3 }\nplatform = { fee = \"49 USD\", included = 9, overage = { fee = \"9 USD\", per = 2 } }\n\
            credits = { credit = \"0.01 USD\", pack = 300, price = \"2 USD\", expires = \"20d\" }\ntop_up = { purchase = \"1 USD\", fee = \"5.5%\", expires = \"10d\" }\n\
            standing = [{ fee = \"200 USD\" }, { fee = \"7 USD\", every = \"year\" }]\nintegration = \"4000 USD\"";
        let (mut lazy, mut eager) = (Bill::of(all), Bill::of(all));
        let mut looked = 0;
        for item in &items {
            while looked * HOUR * 50 <= item.at.micros() {
                eager.due(SimTime::from_micros(looked * HOUR * 50));
                looked += 1;
            }
            prop_assert_eq!(lazy.apply(*item), eager.apply(*item));
        }
        let end = SimTime::from_micros(end * HOUR);
        lazy.due(end);
        eager.due(end);
        let sorted = |bill: &Bill| {
            let mut fees: Vec<(SimTime, &str, Usd)> = bill.fees.iter().map(|Fee { cause, amount, at }| (*at, cause.name(), *amount)).collect();
            fees.sort_unstable();
            fees
        };
        prop_assert_eq!(sorted(&lazy), sorted(&eager));
        prop_assert_eq!(lazy.prepaid(), eager.prepaid());
    }
}
