//! A row of a cost and usage table: its times, and how its cause is called there.

use jiff::{ToSpan as _, Zoned};

use crate::experiment::{DayLine, Manifest, Seller, day_lines, seller};
use crate::ledger::days_of;
use crate::model::Cause;
use crate::report::Report;
use crate::units::{SimDuration, Usd};

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) title: &'a str,
    pub(super) manifest: &'a Manifest,
    pub(super) strategy: &'a str,
    pub(super) payee: &'a str,
    pub(super) seller: Seller<'a>,
    pub(super) of: DayLine,
    /// Start and end of the day, and of the month that it begins in.
    pub(super) day: [String; 2],
    pub(super) month: [String; 2],
    /// The month in the scenario's time zone: `2026-01`.
    pub(super) named: String,
}

/// The rows, strategy by strategy in order of days; only those with any money in them, for certain or not.
pub(super) fn lines<'a>(report: &Report<'a>, start: &Zoned) -> Vec<Line<'a>> {
    let Report { results, manifest, title, .. } = *report;
    let times = times(start, results.horizon);
    let mut lines = Vec::new();
    for (at, strategy) in results.strategies.iter().enumerate() {
        for line in day_lines(results, at) {
            if [line.mean, line.listed, line.unknown] == [Usd::ZERO; 3] {
                continue;
            }
            let payee = results.payees.get(line.payee.index()).map_or("", String::as_str);
            let Some((day, month, named)) = times.get(line.day as usize).cloned() else { continue };
            lines.push(Line { title, manifest, strategy, payee, seller: seller(payee), of: line, day, month, named });
        }
    }
    lines
}

/// Start and end of each day, and of the month in which it begins, with its name, in the scenario's time zone. The last day may be shorter.
fn times(start: &Zoned, horizon: SimDuration) -> Vec<([String; 2], [String; 2], String)> {
    let at = |micros: i64| start.checked_add(jiff::SignedDuration::from_micros(micros)).unwrap_or_else(|_| start.clone());
    let text = |time: &Zoned| time.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let day = |day: i64| {
        let (from, to) = (at(day * SimDuration::DAY.micros()), at(((day + 1) * SimDuration::DAY.micros()).min(horizon.micros())));
        let first = from.first_of_month().and_then(|first| first.start_of_day()).unwrap_or_else(|_| from.clone());
        let next = first.checked_add(1.month()).unwrap_or_else(|_| to.clone());
        ([text(&from), text(&to)], [text(&first), text(&next)], first.strftime("%Y-%m").to_string())
    };
    (0..days_of(horizon)).map(|at| day(i64::from(at))).collect()
}

impl Line<'_> {
    /// What is given back is a credit; what is bought whatever is asked for, a purchase.
    pub(super) fn category(&self) -> &'static str {
        match self.of.cause {
            _ if self.of.is_back => "Credit",
            Cause::Standing | Cause::Expired | Cause::Integration => "Purchase",
            _ => "Usage",
        }
    }

    pub(super) fn frequency(&self) -> &'static str {
        match (self.category(), self.of.cause) {
            ("Purchase", Cause::Standing) => "Recurring",
            ("Purchase", _) => "One-Time",
            _ => "Usage-Based",
        }
    }

    /// How many per replication; nothing for a credit.
    pub(super) fn quantity(&self) -> Option<Usd> {
        (self.category() != "Credit").then(|| Usd::from_picos(self.of.quantity))
    }

    pub(super) fn unit(&self) -> Option<&'static str> {
        let of_requests = self.of.cause.is_of_an_attempt() || matches!(self.of.cause, Cause::Quotes | Cause::Checks);
        self.quantity().map(|_| if of_requests { "Requests" } else { "Units" })
    }

    /// What it would have been at the list's prices; what is given back has none.
    pub(super) fn list_cost(&self) -> Usd {
        if self.category() == "Credit" { self.of.mean } else { self.of.listed }
    }

    /// The price of one, where there is a single one: only where it makes this cost exactly.
    pub(super) fn unit_price(&self, cost: Usd) -> Option<Usd> {
        let (quantity, one) = (self.quantity()?.picos(), 1_000_000_000_000_i128);
        if quantity <= 0 || cost < Usd::ZERO {
            return None;
        }
        let scaled = cost.picos().checked_mul(one)?;
        (scaled % quantity == 0).then(|| Usd::from_picos(scaled / quantity))
    }

    /// The invoice that it would stand on: one of each issuer for each month.
    pub(super) fn invoice(&self) -> String {
        format!("simulated-{}-{}-{}-{}", self.manifest.scenario, self.strategy, self.seller.seller, self.named)
    }

    pub(super) fn description(&self) -> String {
        let what = match self.of.cause {
            Cause::Delivered => "images delivered",
            Cause::Filtered => "requests that a content filter refused",
            Cause::Failed => "requests that failed",
            Cause::TimedOut => "requests that the client no longer waited for",
            Cause::GaveUp => "requests that the client gave up",
            Cause::Hedged => "requests that another one made needless",
            Cause::RateLimited => "requests rejected at a limit",
            Cause::Standing => "standing charges",
            Cause::Fee => "fees",
            Cause::Expired => "prepaid money that expired",
            Cause::Quotes => "polls of prices",
            Cause::Checks => "health checks",
            Cause::Integration => "work on connecting a provider",
        };
        format!("Simulated: {what}, {}", self.payee)
    }

    /// The service's category and subcategory.
    pub(super) const fn service(&self) -> [&'static str; 2] {
        match (self.seller.is_own, self.seller.maker.is_some()) {
            (true, _) => ["Other", "Other (Other)"],
            (false, true) => ["AI and Machine Learning", "Generative AI"],
            (false, false) => ["AI and Machine Learning", "AI Platforms"],
        }
    }
}
