//! Rounding of bills, always up: each image, each line of a request's bill (the images, the prompt, ...), or its total.

use crate::provider::price::Rates;
use crate::provider::price::at::At;
use crate::provider::price::Amount;
use crate::spec::{self, Located, Mistake};
use crate::units::Usd;

spec::words! {
    /// What is rounded.
    pub enum Scope {
        /// The price of an image.
        "image" => Image,
        /// Each line of a request's bill: its images together, its prompt, its input images, thinking, seconds, surcharges.
        "line" => Line,
        /// The bill of a request.
        "request" => Request,
    }
}

spec::table! {
    /// How bills are rounded, always up.
    pub struct Spec {
        /// To a multiple of this.
        unit: Amount,
        /// What is rounded.
        of: Scope,
    }
}

/// How the bill of a request is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    unit: Usd,
    /// Every line, and not the total.
    by_line: bool,
}

impl Rounding {
    /// A line of the bill.
    pub(in crate::provider::price) const fn line(self, line: Usd) -> Usd {
        if self.by_line { line.rounded_up_to(self.unit) } else { line }
    }

    /// The total of all lines.
    pub(in crate::provider::price) const fn request(self, total: Usd) -> Usd {
        if self.by_line { total } else { total.rounded_up_to(self.unit) }
    }
}

pub(super) fn apply(spec: Option<&Located<Spec>>, at: &At<'_>, mut rates: Rates) -> Result<Option<Rates>, Mistake> {
    let Some(spec) = spec else { return Ok(Some(rates)) };
    let unit = at.usd(&spec.unit)?;
    if unit == Usd::ZERO {
        return Err(Mistake::error(&spec.unit.place, "nothing can be rounded to a multiple of nothing").label("too small"));
    }
    match spec.of {
        Scope::Image => rates.image = rates.image.rounded_up_to(unit),
        Scope::Line => rates.rounding = Some(Rounding { unit, by_line: true }),
        Scope::Request => rates.rounding = Some(Rounding { unit, by_line: false }),
    }
    Ok(Some(rates))
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    /// fal gpt-image-1: tokens at OpenAI's prices, the total of a request rounded up to a cent (fal's page, facts of
    /// 2026-11-22). Three medium images of 1056 tokens at 40 USD per million, 200 tokens of prompt at 5: 0.12672 + 0.001 =
    /// 0.12772, so 0.13 USD; by line 0.13 + 0.01; by image 3 x 0.05 + 0.001.
    #[test]
    fn a_hand_computed_invoice() {
        let of = |scope: &str| {
            let text = format!(
                "price.tokens = {{ input_per_million = \"5 USD\", output_per_million = \"40 USD\", \
                 image_tokens.medium = {{ \"1024x1024\" = 1056 }} }}\nadjust.rounding = {{ unit = \"0.01 USD\", of = \"{scope}\" }}"
            );
            let tariff = tariff(&text, shape("1024x1024", "medium"));
            (tariff.of(&usage(3, 200)), tariff.input_part(&usage(3, 200)))
        };
        assert_eq!(of("request"), (usd("0.13"), usd("0.01")));
        assert_eq!(of("line"), (usd("0.14"), usd("0.01")));
        assert_eq!(of("image"), (usd("0.151"), usd("0.001")));
    }
}
