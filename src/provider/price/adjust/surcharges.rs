//! Surcharges: what is added to a request or its images for each extra that a class asks for, by name.

use crate::provider::price::at::At;
use crate::provider::price::{Amount, Rates};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::Usd;

spec::table! {
    /// What an extra costs.
    pub struct Surcharge {
        /// Once per request.
        per_request: Option<Amount>,
        /// Once per request, and billed where only the input is.
        per_input: Option<Amount>,
        /// For each image.
        per_image: Option<PerImage>,
        /// So many tokens of images once per request, at the price of such tokens.
        image_tokens: Option<u32>,
    }
}

spec::choice! {
    /// An amount for each image.
    pub enum PerImage {
        /// By the quality of the image: { turbo = "0.07 USD" }. A quality that is not given has no price.
        by_quality => ByQuality(Named<Amount>),
        _ => Any(Amount),
    }
}

/// `adjust.surcharges.search = { per_request = "0.014 USD" }`.
pub type Spec = Named<Surcharge>;

pub(super) fn apply(spec: Option<&Located<Spec>>, at: &At<'_>, mut rates: Rates) -> Result<Option<Rates>, Mistake> {
    for extra in &at.shape.extras {
        let Some((name, surcharge)) = spec.and_then(|spec| spec.iter().find(|(name, _)| **name == *extra)) else {
            return Ok(None);
        };
        if !surcharge.add(name, at, &mut rates)? {
            return Ok(None);
        }
    }
    Ok(Some(rates))
}

impl Surcharge {
    /// Whether it has a price.
    fn add(&self, name: &Located<String>, at: &At<'_>, rates: &mut Rates) -> Result<bool, Mistake> {
        let usd = |amount: &Option<Amount>| amount.as_ref().map_or(Ok(Usd::ZERO), |amount| at.usd(amount));
        rates.request += usd(&self.per_request)?;
        let input = usd(&self.per_input)?;
        rates.input += input;
        if let Some(cached) = &mut rates.cached {
            cached.input += input;
        }
        if let Some(tokens) = self.image_tokens {
            if rates.image_token == Usd::ZERO {
                let what = format!("\"{}\" costs tokens, and the price has none for images", &**name);
                return Err(Mistake::error(&name.place, what).label("needs a price by tokens"));
            }
            rates.request += rates.image_token.times_ratio(tokens.into(), 1_000_000);
            rates.request_tokens = rates.request_tokens.saturating_add(tokens);
        }
        rates.image += match &self.per_image {
            None => Usd::ZERO,
            Some(PerImage::Any(amount)) => at.usd(amount)?,
            Some(PerImage::ByQuality(table)) => match table.get(&at.shape.quality) {
                Some(amount) => at.usd(amount)?,
                None => return Ok(false),
            },
        };
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Shape;
    use crate::provider::Tariff;
    use crate::provider::price::invoice::{price, shape, usage, usd};

    fn of(text: &str, quality: &str, extras: &[&str]) -> Option<Tariff> {
        let extras = extras.iter().map(|&extra| extra.to_owned()).collect();
        price(text, Shape { extras, ..shape("1024x1024", quality) }).expect("valid")
    }

    /// Gemini: a search costs 0.014 USD a query (facts of 2026-11-22), on top of an image at 0.134; two queries 0.162.
    #[test]
    fn a_search_is_added_to_the_request() {
        let text = "price.per_image = \"0.134 USD\"\nadjust.surcharges.search = { per_request = \"0.014 USD\" }";
        let of = |extras: &[&str], images| of(text, "standard", extras).map(|tariff| tariff.of(&usage(images, 60)));
        assert_eq!((of(&[], 1), of(&["search"], 2)), (Some(usd("0.134")), Some(usd("0.282"))));
        assert_eq!((of(&["search", "search"], 1), of(&["maps"], 1)), (Some(usd("0.162")), None));
    }

    /// Ideogram 3.0: 0.03, 0.06 and 0.09 USD by quality; with a character reference 0.10, 0.15 and 0.20 (Ideogram's price
    /// list of 2026-11-16).
    #[test]
    fn a_character_reference_is_added_to_each_image() {
        let text = r#"
price.table = { turbo = { "1024x1024" = "0.03 USD" }, default = { "1024x1024" = "0.06 USD" }, quality = { "1024x1024" = "0.09 USD" } }
adjust.surcharges.character_reference.per_image.by_quality = { turbo = "0.07 USD", default = "0.09 USD", quality = "0.11 USD" }
"#;
        let with = |quality| of(text, quality, &["character_reference"]).map(|tariff| tariff.of(&usage(2, 60)));
        assert_eq!(["turbo", "default", "quality"].map(with), ["0.2", "0.3", "0.4"].map(|text| Some(usd(text))));
        assert_eq!(of(text, "default", &[]).map(|tariff| tariff.of(&usage(1, 60))), Some(usd("0.06")));
    }

    /// OpenAI: each partial image of a stream is 100 more output tokens (facts of 2026-11-22), at 40 USD per million 0.004 USD;
    /// two of them and an image of 1056 tokens: 0.05024 USD. In a batch at half price, 0.02512.
    #[test]
    fn a_partial_image_is_added_in_tokens() {
        let text = r#"
price.tokens = { input_per_million = "5 USD", output_per_million = "40 USD", image_tokens.medium = { "1024x1024" = 1056 } }
adjust.surcharges.partial_image = { image_tokens = 100 }
adjust.service.batch = 0.5
"#;
        let two = of(text, "medium", &["partial_image", "partial_image"]).expect("priced");
        assert_eq!((two.of(&usage(1, 0)), two.tokens(&usage(1, 0))), (usd("0.05024"), 1256));
        let extras = vec!["partial_image".to_owned(); 2];
        let batch = Shape { extras, service: crate::model::Service::Batch, ..shape("1024x1024", "medium") };
        assert_eq!(price(text, batch).expect("valid").map(|tariff| tariff.of(&usage(1, 0))), Some(usd("0.02512")));
        let flat = "price.per_image = \"1 USD\"\nadjust.surcharges.partial_image = { image_tokens = 100 }";
        let extras = vec!["partial_image".to_owned()];
        assert!(price(flat, Shape { extras, ..shape("1024x1024", "medium") }).is_err());
    }
}
