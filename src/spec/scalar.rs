//! Texts, numbers and quantities.

use serde_json::{Value, json};

use super::{Data, Field, Mistake, Node, Reader};
use crate::units::{Bytes, ImageSize, NotAQuantity, Rate, Share, SimDuration, Upkeep, Usd, parse_count};

impl Field for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Data::Text(text) = &node.data {
            return Some(text.clone());
        }
        reader.wrong_type(node, "a text");
        None
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl Field for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Data::Bool(yes) = node.data {
            return Some(yes);
        }
        reader.wrong_type(node, "true or false");
        None
    }

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl Field for f64 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let number = match &node.data {
            Data::Integer(number) => Some(*number as Self),
            Data::Float(text) => text.replace('_', "").parse().ok(),
            _ => {
                reader.wrong_type(node, "a number");
                return None;
            }
        };
        let finite = number.filter(|number: &Self| number.is_finite());
        if finite.is_none() {
            reader.push(Mistake::error(&node.place, "this is not a finite number"));
        }
        finite
    }

    fn schema() -> Value {
        json!({ "type": "number" })
    }
}

/// Records why a text is not the quantity that it should be.
fn not_a_quantity(node: &Node, reason: &NotAQuantity, reader: &mut Reader) {
    reader.push(Mistake::error(&node.place, reason.what.clone()).label(format!("expected {}", reason.expected)));
}

macro_rules! counts {
    ($($type:ty),+) => {$(
        impl Field for $type {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                let number = match &node.data {
                    Data::Integer(number) => *number,
                    Data::Text(text) => match parse_count(text) {
                        Ok(number) => i128::from(number),
                        Err(reason) => {
                            not_a_quantity(node, &reason, reader);
                            return None;
                        }
                    },
                    _ => {
                        reader.wrong_type(node, r#"a whole number such as 20000 or "20k""#);
                        return None;
                    }
                };
                Self::try_from(number).inspect_err(|_| {
                    let what = if number < 0 { "must not be negative" } else { "is out of range" };
                    let label = format!("expected a number from 0 to {}", Self::MAX);
                    reader.push(Mistake::error(&node.place, format!("{number} {what}")).label(label));
                }).ok()
            }

            fn schema() -> Value {
                json!({ "type": ["integer", "string"], "minimum": 0 })
            }

            fn example() -> Option<String> {
                Some("1".to_owned())
            }
        }
    )+};
}

counts!(u32, u64, usize);

macro_rules! quantities {
    ($($type:ty: $expected:literal, $($example:literal),+;)+) => {$(
        impl Field for $type {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                let Data::Text(text) = &node.data else {
                    reader.wrong_type(node, $expected);
                    return None;
                };
                text.parse().inspect_err(|reason| not_a_quantity(node, reason, reader)).ok()
            }

            fn schema() -> Value {
                json!({ "type": "string", "examples": [$($example),+] })
            }
        }
    )+};
}

quantities! {
    Usd: r#"an amount such as "0.04 USD""#, "0.04 USD";
    SimDuration: r#"a duration such as "2s", "5min" or "30d""#, "2s", "5min", "12h", "30d";
    Rate: r#"a rate such as "5/min""#, "5/min", "100k/30d";
    Upkeep: r#"an amount by time such as "15 USD/month""#, "15 USD/month", "0.034 USD/h";
    Bytes: r#"a size such as "10GB""#, "10GB", "1.5MB";
    ImageSize: r#"a size such as "1024x1024""#, "1024x1024";
}

impl Field for Share {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = match &node.data {
            Data::Text(text) | Data::Float(text) => text.clone(),
            Data::Integer(number) if *number < 2 => number.to_string(),
            Data::Integer(number) => {
                let mistake = Mistake::error(&node.place, format!("{number} is not a share"));
                reader.push(mistake.label(format!("write \"{number}%\" if percent are meant")));
                return None;
            }
            _ => {
                reader.wrong_type(node, r#"a share such as "20%""#);
                return None;
            }
        };
        text.parse().inspect_err(|reason| not_a_quantity(node, reason, reader)).ok()
    }

    fn schema() -> Value {
        json!({ "type": ["string", "number"], "minimum": 0, "maximum": 1, "examples": ["20%"] })
    }
}
