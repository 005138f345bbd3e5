//! What other currencies are worth, by date. Each date of a rate starts a new price; what has no rate has no price.

use serde_json::{Value, json};

use super::{Amount, Currency};
use crate::spec::{self, Data, Date, Field, Located, Mistake, Named, Node, Reader};
use crate::units::{Decimal, SimTime};

/// The rates of each currency.
pub type ExchangeSpec = Named<RatesOfExchange>;

spec::table! {
    /// What one unit of a currency is worth from a date on.
    pub struct DatedRate {
        /// The first day, or the moment, on which it holds.
        from: Located<Date>,
        /// What one unit is worth, in USD.
        rate: Amount,
    }
}

/// A rate that always holds, or dated ones in order.
#[derive(Debug, Clone)]
pub enum RatesOfExchange {
    /// Always the same.
    Constant(Amount),
    /// In order of their dates.
    Dated(Vec<DatedRate>),
}

impl Field for RatesOfExchange {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.data {
            Data::Array(_) => Vec::read(node, reader).map(Self::Dated),
            _ => Amount::read(node, reader).map(Self::Constant),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [Amount::schema(), Vec::<DatedRate>::schema()] })
    }
}

/// All rates on the simulation's clock.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    rates: Vec<(Currency, Vec<(SimTime, Decimal)>)>,
}

/// The time of a date since the scenario's start.
type Clock<'a> = &'a dyn Fn(Date) -> Result<SimTime, String>;

impl Exchange {
    /// The rates as written.
    ///
    /// # Errors
    /// A key that is no currency, a rate that is not in USD, dates out of order.
    pub fn new(spec: Option<&ExchangeSpec>, time: Clock<'_>) -> Result<Self, Mistake> {
        let of = |(name, rates): &(Located<String>, RatesOfExchange)| {
            let wrong = || Mistake::error(&name.place, format!("\"{}\" is no currency", &**name));
            let currency = Currency::new(name).filter(|currency| *currency != Currency::USD);
            Ok((currency.ok_or_else(|| wrong().label("expected three letters such as CNY"))?, timeline(rates, time)?))
        };
        Ok(Self { rates: spec.into_iter().flatten().map(of).collect::<Result<_, Mistake>>()? })
    }

    /// What one unit of a currency is worth in USD at this time; `None` where nothing says so.
    pub fn rate(&self, currency: Currency, now: SimTime) -> Option<Decimal> {
        if currency == Currency::USD {
            return Some(Decimal { digits: 1, scale: 0 });
        }
        let (_, rates) = self.rates.iter().find(|(of, _)| *of == currency)?;
        rates.iter().rfind(|(from, _)| *from <= now).map(|(_, rate)| *rate)
    }

    /// The times at which a rate changes, in order.
    pub fn dates(&self) -> impl Iterator<Item = SimTime> {
        let mut dates: Vec<SimTime> = self.rates.iter().flat_map(|(_, rates)| rates.iter().map(|(from, _)| *from)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates.into_iter()
    }
}

fn timeline(rates: &RatesOfExchange, time: Clock<'_>) -> Result<Vec<(SimTime, Decimal)>, Mistake> {
    let dated = match rates {
        RatesOfExchange::Constant(rate) => return Ok(vec![(SimTime::from_micros(i64::MIN), in_usd(rate)?)]),
        RatesOfExchange::Dated(dated) => dated,
    };
    let mut timeline: Vec<(SimTime, Decimal)> = Vec::new();
    for DatedRate { from, rate } in dated {
        let at = time(**from).map_err(|what| Mistake::error(&from.place, what))?;
        if timeline.last().is_some_and(|(before, _)| *before >= at) {
            let what = "rates of exchange must be in order of their dates";
            return Err(Mistake::error(&from.place, what).label("not after the one before"));
        }
        timeline.push((at, in_usd(rate)?));
    }
    Ok(timeline)
}

fn in_usd(rate: &Amount) -> Result<Decimal, Mistake> {
    let wrong = || Mistake::error(&rate.place, "a rate of exchange is in USD").label(r#"expected the like of "0.14 USD""#);
    (rate.currency == Currency::USD).then_some(rate.number).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{days, prices, shape, usage, usd};

    /// Alibaba Cloud (China), qwen-image: 0.20 CNY an image (facts of 2026-11-22). At 0.14 USD that is 0.028 USD; from the
    /// second day on, at 0.1425 USD, 0.0285 USD. The rates are made up.
    #[test]
    fn each_date_of_the_rate_starts_a_new_price() {
        let text = r#"
price.per_image = "0.20 CNY"
exchange.CNY = [{ from = 2025-12-01, rate = "0.14 USD" }, { from = 2026-01-02, rate = "0.1425 USD" }]
"#;
        let prices = prices(text, &[shape("1024x1024", "standard")]).expect("valid");
        let found: Vec<_> =
            prices.iter().map(|(from, price)| (*from, price.tariff(usage(1, 0).shape).of(&usage(1, 0)))).collect();
        assert_eq!(found, [(days(0), usd("0.028")), (days(1), usd("0.0285"))]);
    }

    #[test]
    fn too_many_digits_are_a_mistake() {
        let of = |number: &str| {
            let text = format!("price.per_image = \"{number} CNY\"\nexchange.CNY = \"{number} USD\"");
            prices(&text, &[shape("1024x1024", "standard")]).map(|_| ()).map_err(|mistake| mistake.label)
        };
        assert_eq!(of("9.999999999999999999"), Ok(()), "19 digits each are still exact");
        assert_eq!(of("18.446744073709551615"), Err("too large or too fine".to_owned()));
    }

    #[test]
    fn what_has_no_rate_has_no_price() {
        let of = |text: &str| prices(text, &[shape("1024x1024", "standard")]).map(|_| ()).map_err(|mistake| mistake.what);
        let missing = "there is no rate of exchange for CNY at the time of this price";
        assert_eq!(of("price.per_image = \"0.20 CNY\""), Err(missing.to_owned()));
        let late = "price.per_image = \"0.20 CNY\"\nexchange.CNY = [{ from = 2026-01-02, rate = \"0.14 USD\" }]";
        assert_eq!(of(late), Err(missing.to_owned()));
        let yuan = "price.per_image = \"0.20 CNY\"\nexchange.CNY = \"0.14 EUR\"";
        assert_eq!(of(yuan), Err("a rate of exchange is in USD".to_owned()));
        assert_eq!(of("price.per_image = \"1 USD\"\nexchange.yuan = \"1 USD\""), Err("\"yuan\" is no currency".to_owned()));
    }
}
