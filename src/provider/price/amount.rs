//! Amounts in the currency in which they are charged, exact as they are written.

use serde_json::{Value, json};

use crate::spec::{Data, Field, Mistake, Node, Place, Reader};
use crate::units::Decimal;

/// A currency by its three letters (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar: what all money becomes.
    pub const USD: Self = Self(*b"USD");

    /// The currency with these letters; `None` where they are not three capitals.
    pub fn new(letters: &str) -> Option<Self> {
        let letters: [u8; 3] = letters.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// An amount such as "0.04 USD" or "0.20 CNY", of up to 18 decimal places.
#[derive(Debug, Clone)]
pub struct Amount {
    /// How much.
    pub number: Decimal,
    /// Of what.
    pub currency: Currency,
    /// Where it is written.
    pub place: Place,
}

const EXPECTED: &str = r#"an amount such as "0.04 USD" or "0.20 CNY""#;
/// No larger amount is read: 10^12.
const LARGEST: f64 = 1e12;

impl Field for Amount {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Text(text) = &node.data else {
            reader.wrong_type(node, EXPECTED);
            return None;
        };
        let wrong = |what: String| Mistake::error(&node.place, what).label(format!("expected {EXPECTED}"));
        let end = text.trim_end().len();
        let (number, letters) = text.trim_end().split_at_checked(end.saturating_sub(3)).unwrap_or((text, ""));
        let parsed = match Currency::new(letters) {
            None => Err(wrong(format!("{text:?} does not end in a currency such as USD"))),
            Some(currency) => match number.trim().parse::<Decimal>() {
                Ok(number) if number.to_f64() <= LARGEST => Ok(Self { number, currency, place: node.place.clone() }),
                Ok(_) => Err(wrong(format!("{text:?} is too much money"))),
                Err(reason) => Err(wrong(reason.what)),
            },
        };
        parsed.map_err(|mistake| reader.push(mistake)).ok()
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["0.04 USD", "0.20 CNY"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse_value};

    #[test]
    fn reads_amounts_in_any_currency_and_nothing_else() {
        let file = Sources::new().add("a.toml", "");
        let mut reader = Reader::new();
        let mut read = |text: &str| Amount::read(&parse_value(text, file, 0).expect("TOML"), &mut reader);
        let amount = read(r#""0.20 CNY""#).expect("valid");
        assert_eq!((amount.number.digits, amount.number.scale, amount.currency.to_string().as_str()), (20, 2, "CNY"));
        assert_eq!(read(r#""0.0000000000000013USD""#).map(|amount| amount.number.scale), Some(16));
        for wrong in
            ["\"0.04\"", "\"USD\"", "\"-1 USD\"", "\"1 usd\"", "\"€1\"", "\"1 €\"", "\"1e3 USD\"", "\"2000G USD\"", "1", "\"\""]
        {
            assert!(read(wrong).is_none(), "{wrong} was read");
        }
        assert_eq!(reader.into_mistakes().into_sorted().len(), 10, "one each");
    }
}
