//! What is charged on each day on average, by payee and cause: rows for a bill of the future.

use crate::ledger::{Billed, DayCell};
use crate::model::{Cause, PayeeId};
use crate::provider::{parts, provider};
use crate::units::Usd;

use super::Results;

/// The charges of one strategy on one day with one payee and cause. Means are rounded half to even, to the picodollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayLine {
    /// The day: 24 hours, counted from the start on, the first is 0.
    pub day: u32,
    /// Who billed them.
    pub payee: PayeeId,
    /// What they were for.
    pub cause: Cause,
    /// Whether it is what is given back.
    pub is_back: bool,
    /// How many per replication, in trillionths; those that were taken back are not counted.
    pub quantity: i128,
    /// What was billed for certain, over all replications, exact.
    pub total: Usd,
    /// The same per replication.
    pub mean: Usd,
    /// What it would have been at the prices of the list, per replication.
    pub listed: Usd,
    /// What comes to it per replication if all that nobody knows to be billed is billed.
    pub unknown: Usd,
}

/// The lines of one strategy, in order of days, payees and causes.
pub fn day_lines(results: &Results, strategy: usize) -> Vec<DayLine> {
    let mut lines: Vec<DayLine> = Vec::new();
    let n = u64::from(results.replications.max(1));
    let mean = |amount: Usd| amount.times_ratio(1, n);
    for &DayCell { key, count, total, listed } in results.days.get(strategy).into_iter().flatten() {
        let same = |line: &&mut DayLine| (line.day, line.payee, line.cause) == (key.day, key.payee, key.cause);
        if key.billed == Billed::Perhaps {
            let unknown = mean(total);
            match lines.last_mut().filter(same) {
                Some(line) => line.unknown = unknown,
                None => lines.push(DayLine { unknown, ..DayLine::of(key.day, key.payee, key.cause) }),
            }
            continue;
        }
        // A number in trillionths, as money is.
        let quantity = mean(Usd::from_picos(i128::from(count) * 1_000_000_000_000)).picos();
        let line = DayLine::of(key.day, key.payee, key.cause);
        let is_back = key.billed == Billed::Back;
        lines.push(DayLine { is_back, quantity, total, mean: mean(total), listed: mean(listed), ..line });
    }
    lines
}

impl DayLine {
    const fn of(day: u32, payee: PayeeId, cause: Cause) -> Self {
        Self {
            day,
            payee,
            cause,
            is_back: false,
            quantity: 0,
            total: Usd::ZERO,
            mean: Usd::ZERO,
            listed: Usd::ZERO,
            unknown: Usd::ZERO,
        }
    }
}

/// Who is behind a payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seller<'a> {
    /// Who sells: the gateway, if there is one, or else the provider.
    pub seller: &'a str,
    /// Who makes what is sold: the provider; `None` where no model is sold.
    pub maker: Option<&'a str>,
    /// What is sold: the model; otherwise whose terms it is about.
    pub service: &'a str,
    /// Whether it is the client's own: nobody sells it.
    pub is_own: bool,
}

/// Who is behind a payee of this name.
pub fn seller(payee: &str) -> Seller<'_> {
    if payee == "client" {
        return Seller { seller: payee, maker: None, service: payee, is_own: true };
    }
    let named = ["account ", "provider ", "gateway "].into_iter().find_map(|kind| payee.strip_prefix(kind));
    if let Some(name) = named {
        return Seller { seller: name, maker: None, service: name, is_own: false };
    }
    let (model, gateway) = parts(payee);
    let maker = provider(model);
    let service = model.split_once('/').map_or(model, |(_, rest)| rest);
    Seller { seller: gateway.unwrap_or(maker), maker: Some(maker), service, is_own: false }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;
    use crate::ledger::DayKey;

    #[test]
    fn payees_have_a_seller_a_maker_and_a_service() {
        let of = |payee| {
            let Seller { seller, maker, service, .. } = seller(payee);
            (seller, maker, service)
        };
        assert_eq!(of("google/imagen-3"), ("google", Some("google"), "imagen-3"));
        assert_eq!(of("google/imagen-3 via openrouter"), ("openrouter", Some("google"), "imagen-3"));
        assert_eq!((of("own"), of("gateway litellm")), (("own", Some("own"), "own"), ("litellm", None, "litellm")));
        assert!(seller("client").is_own && !seller("account client").is_own);
    }

    #[test]
    fn lines_add_up_to_the_invoices_and_tell_what_is_unknown() {
        let mut results = made_up::results(&["a", "b"], 20);
        for strategy in 0..2 {
            let lines = day_lines(&results, strategy);
            let invoices: Usd = results.of(strategy).map(|row| row.cost).sum();
            assert_eq!(lines.iter().map(|line| line.total).sum::<Usd>(), invoices);
            assert!(
                lines.iter().all(|line| line.mean == line.total.times_ratio(1, 20) && line.quantity == 100 * 10_i128.pow(12))
            );
        }
        let cell = |cause, billed, picos| {
            let key = DayKey { day: 3, payee: PayeeId(1), cause, billed };
            DayCell { key, count: 20, total: Usd::from_picos(picos), listed: Usd::from_picos(picos) }
        };
        results.days[0] = vec![
            cell(Cause::Filtered, Billed::Surely, 40),
            cell(Cause::Filtered, Billed::Perhaps, 60),
            cell(Cause::Failed, Billed::Perhaps, 80),
        ];
        let found: Vec<_> = day_lines(&results, 0).iter().map(|line| (line.mean.picos(), line.unknown.picos())).collect();
        assert_eq!(found, [(2, 3), (0, 4)]);
    }
}
