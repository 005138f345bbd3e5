//! By steps of generation: so much for each, or a table of its own, as long generations are often cheaper by the step. A
//! class that does not say its steps has no price here.

use super::at::At;
use super::{Amount, Rates};
use crate::spec::{self, Located, Mistake, Named};

spec::choice! {
    /// By steps of generation.
    pub enum Spec {
        /// Each step of an image, such as "0.00013 USD".
        each => Each(Amount),
        /// An image by its steps: { "10" = "0.0032 USD", "150" = "0.033 USD" }. What lies between has no price.
        table => Table(Named<Amount>),
        /// An image of up to so many steps: { "50" = "0.018 USD", "150" = "0.036 USD" }.
        upto => UpTo(Named<Amount>),
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let Some(steps) = at.shape.steps else { return Ok(None) };
    let image = match spec {
        Spec::Each(price) => Some(at.usd_times(price, steps.into(), 1)?),
        Spec::Table(table) => find(table, at, |of| of == steps)?,
        Spec::UpTo(table) => find(table, at, |of| of >= steps)?,
    };
    Ok(image.map(|image| Rates { image, ..Rates::default() }))
}

/// The price of the fewest steps that will do.
fn find(table: &Named<Amount>, at: &At<'_>, will_do: impl Fn(u32) -> bool) -> Result<Option<crate::units::Usd>, Mistake> {
    let entry = |(steps, price): &(Located<String>, Amount)| {
        let wrong = |_| Mistake::error(&steps.place, format!("\"{}\" is no number of steps", &**steps)).label("not a number");
        Ok((steps.parse::<u32>().map_err(wrong)?, at.usd(price)?))
    };
    let entries = table.iter().map(entry).collect::<Result<Vec<_>, Mistake>>()?;
    Ok(entries.into_iter().filter(|(steps, _)| will_do(*steps)).min_by_key(|(steps, _)| *steps).map(|(_, price)| price))
}

#[cfg(test)]
mod tests {
    use crate::model::Shape;
    use crate::provider::price::invoice::{price, shape, usage, usd};
    use crate::units::Usd;

    fn of(text: &str, steps: Option<u32>) -> Option<Usd> {
        let tariff = price(text, Shape { steps, ..shape("1024x1024", "standard") }).expect("valid");
        tariff.map(|tariff| tariff.of(&usage(1, 0)))
    }

    /// Fireworks SDXL: 0.00013 USD a step (facts of 2026-11-22): 30 steps are 0.0039 USD.
    #[test]
    fn a_hand_computed_invoice() {
        let text = "price.steps.each = \"0.00013 USD\"";
        assert_eq!((of(text, Some(30)), of(text, None)), (Some(usd("0.0039")), None));
    }

    /// dezgo SDXL: 0.0032 USD for 10 steps, 0.033 for 150 (facts of 2026-11-22): 15 times the steps, 10.3 times the price.
    #[test]
    fn a_table_need_not_be_linear() {
        let dezgo = |kind: &str| format!("price.steps.{kind} = {{ \"150\" = \"0.033 USD\", \"10\" = \"0.0032 USD\" }}");
        assert_eq!([10, 30, 150].map(|steps| of(&dezgo("table"), Some(steps))), [Some(usd("0.0032")), None, Some(usd("0.033"))]);
        let upto = [1, 10, 11, 151].map(|steps| of(&dezgo("upto"), Some(steps)));
        assert_eq!(upto, [Some(usd("0.0032")), Some(usd("0.0032")), Some(usd("0.033")), None]);
    }
}
