//! Percentages of money, exact and with a sign.

use serde_json::{Value, json};

use super::proportion::proportion;
use crate::spec::{Data, Field, Mistake, Node, Reader};
use crate::units::{Decimal, Usd};

/// A percentage from -100% to 1000%, to four places: "5.5%", "+30%", "-25%". Other than a share, it is no binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent {
    /// Millionths of the whole.
    millionths: i64,
}

const MILLION: u64 = 1_000_000;
const EXPECTED: &str = r#"a percentage such as "5.5%", "+30%" or "-25%""#;

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self { millionths: 0 };

    /// This percentage of an amount, rounded half to even to the picodollar.
    #[inline]
    pub fn of(self, amount: Usd) -> Usd {
        let part = proportion(amount, self.millionths.unsigned_abs(), MILLION);
        if self.millionths < 0 { -part } else { part }
    }

    /// The amount without this percentage of it, rounded half to even to the picodollar.
    #[inline]
    pub fn off(self, amount: Usd) -> Usd {
        amount - self.of(amount)
    }

    /// Whether it is from 0% to 100%.
    pub fn is_share(self) -> bool {
        (0..=1_000_000).contains(&self.millionths)
    }

    fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, number.strip_prefix('+').unwrap_or(number)),
        };
        let number: Decimal = digits.parse().ok().filter(|number: &Decimal| number.scale <= 4)?;
        let millionths = sign * i64::try_from(number.scaled(4)?).ok()?;
        (-1_000_000..=10_000_000).contains(&millionths).then_some(Self { millionths })
    }
}

impl Field for Percent {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Text(text) = &node.data else {
            reader.wrong_type(node, EXPECTED);
            return None;
        };
        let percent = Self::parse(text);
        if percent.is_none() {
            let label = format!("expected {EXPECTED}, from -100% to 1000% with at most four places");
            reader.push(Mistake::error(&node.place, format!("{text:?} is no such percentage")).label(label));
        }
        percent
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["5.5%", "+30%", "-25%"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_and_rounds_half_to_even() {
        let of = |text: &str, picos| Percent::parse(text).map(|percent| percent.of(Usd::from_picos(picos)).picos());
        assert_eq!(of("5.5%", 1000), Some(55));
        assert_eq!(of("-25%", 5), Some(-1));
        assert_eq!(of("50%", 5), Some(2));
        assert_eq!(of("50%", 7), Some(4));
        assert_eq!(of("1000%", i128::MAX / 20).map(|picos| picos > 0), Some(true));
        for wrong in ["5", "0.05", "5.00001%", "-100.1%", "1001%", "--5%", "%", "five%"] {
            assert_eq!(Percent::parse(wrong), None, "{wrong} was read");
        }
    }
}
