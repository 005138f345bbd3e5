//! Exact factors and percentages.

use serde_json::{Value, json};

use crate::spec::{Data, Field, Mistake, Node, Reader};
use crate::units::Decimal;

/// A factor from 0 to 1000, such as 0.5 or "50%", of up to nine decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor(pub Decimal);

/// A percentage with its sign, such as "+10%", "-25%" or "5.5%", as the factor by which an amount changes: "-25%" is 0.75.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent(pub Decimal);

const FACTOR: &str = r#"a factor such as 0.5 or "50%", at most 1000"#;
const PERCENT: &str = r#"a percentage such as "+10%" or "-25%""#;

impl Field for Factor {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = match &node.data {
            Data::Text(text) | Data::Float(text) => text.clone(),
            Data::Integer(number) => number.to_string(),
            _ => {
                reader.wrong_type(node, FACTOR);
                return None;
            }
        };
        let (number, places) = text.strip_suffix('%').map_or((text.as_str(), 0), |number| (number, 2));
        let factor = number.trim().parse::<Decimal>().ok().and_then(|number| reasonable(number.digits, number.scale + places));
        if factor.is_none() {
            reader.push(Mistake::error(&node.place, format!("{text:?} is no factor")).label(format!("expected {FACTOR}")));
        }
        factor.map(Self)
    }

    fn schema() -> Value {
        json!({ "type": ["number", "string"], "minimum": 0, "examples": ["50%"] })
    }
}

impl Field for Percent {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Text(text) = &node.data else {
            reader.wrong_type(node, PERCENT);
            return None;
        };
        let percent = percent(text.trim());
        if percent.is_none() {
            reader.push(Mistake::error(&node.place, format!("{text:?} is no percentage")).label(format!("expected {PERCENT}")));
        }
        percent.map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["+10%", "-25%"] })
    }
}

/// The factor of a signed percentage; `None` where it is none, or takes off more than all.
fn percent(text: &str) -> Option<Decimal> {
    let number = text.strip_suffix('%')?.trim_end();
    let (number, less) =
        number.strip_prefix('-').map_or((number.strip_prefix('+').unwrap_or(number), false), |rest| (rest, true));
    let Decimal { digits, scale } = number.parse().ok()?;
    let one = 10_u64.checked_pow(scale + 2)?;
    reasonable(if less { one.checked_sub(digits)? } else { one.checked_add(digits)? }, scale + 2)
}

/// The factor without the zeros at its end, where it is at most 1000 and of nine decimal places.
fn reasonable(mut digits: u64, mut scale: u32) -> Option<Decimal> {
    while scale > 0 && digits.is_multiple_of(10) {
        (digits, scale) = (digits / 10, scale - 1);
    }
    let factor = Decimal { digits, scale };
    (scale <= 9 && factor.to_f64() <= 1000.0).then_some(factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse_value};

    fn read<T: Field>(text: &str) -> Option<T> {
        T::read(&parse_value(text, Sources::new().add("a.toml", ""), 0).expect("TOML"), &mut Reader::new())
    }

    #[test]
    fn factors_and_percentages_are_exact() {
        let factor = |text: &str| read::<Factor>(text).map(|Factor(factor)| (factor.digits, factor.scale));
        assert_eq!(
            [factor("0.50"), factor("\"50%\""), factor("\"180%\""), factor("2")],
            [(5, 1), (5, 1), (18, 1), (2, 0)].map(Some)
        );
        assert_eq!([factor("-1"), factor("1001"), factor("\"x\""), factor("0.0000000001"), factor("true")], [None; 5]);
        let percent = |text: &str| read::<Percent>(text).map(|Percent(factor)| (factor.digits, factor.scale));
        assert_eq!(
            ["\"+10%\"", "\"-25%\"", "\"5.5%\"", "\"-100%\""].map(percent),
            [(11, 1), (75, 2), (1055, 3), (0, 0)].map(Some)
        );
        assert_eq!(["\"10\"", "\"-101%\"", "\"--1%\"", "0.1", "\"%\""].map(percent), [None; 5]);
    }
}
