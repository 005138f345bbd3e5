//! Classes of service: batch, flex and priority cost a part of the standard price, or more than all of it.

use super::{Factor, multiply};
use crate::model::Service;
use crate::provider::price::Rates;
use crate::provider::price::at::At;
use crate::spec::{self, Located, Mistake};

spec::table! {
    /// Prices of classes of service, as parts of the standard one.
    pub struct Spec {
        /// Some time within a day or so.
        batch: Option<Factor>,
        /// When there is room.
        flex: Option<Factor>,
        /// Before others.
        priority: Option<Factor>,
    }
}

pub(super) fn apply(spec: Option<&Located<Spec>>, at: &At<'_>, rates: Rates) -> Result<Option<Rates>, Mistake> {
    let of = |factor: fn(&Spec) -> Option<Factor>| {
        let Some((spec, factor)) = spec.and_then(|spec| Some((spec, factor(spec)?))) else { return Ok(None) };
        multiply(rates.clone(), factor.0, &spec.place).map(Some)
    };
    match at.shape.service {
        Service::Standard => Ok(Some(rates)),
        Service::Batch => of(|spec| spec.batch),
        Service::Flex => of(|spec| spec.flex),
        Service::Priority => of(|spec| spec.priority),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Service, Shape};
    use crate::provider::price::invoice::{price, shape, usage, usd};

    /// Gemini 3 Pro Image: text in 2, image out 120 USD per million, 1120 tokens at 1K; batch 0.5, flex 0.5, priority 1.8
    /// (Gemini API pricing, facts of 2026-11-22). An image with a prompt of 100 tokens: 0.1344 + 0.0002 = 0.1346 USD.
    #[test]
    fn a_hand_computed_invoice() {
        let text = r#"
price.tokens = { input_per_million = "2 USD", output_per_million = "120 USD", image_tokens.standard = { "1024x1024" = 1120 } }
adjust.service = { batch = "50%", priority = 1.8 }
"#;
        let of = |service| {
            let tariff = price(text, Shape { service, ..shape("1024x1024", "standard") }).expect("valid");
            tariff.map(|tariff| (tariff.of(&usage(1, 100)), tariff.input_part(&usage(1, 100))))
        };
        assert_eq!(of(Service::Standard), Some((usd("0.1346"), usd("0.0002"))));
        assert_eq!(of(Service::Batch), Some((usd("0.0673"), usd("0.0001"))));
        assert_eq!(of(Service::Priority), Some((usd("0.24228"), usd("0.00036"))));
        assert_eq!(of(Service::Flex), None, "what is not offered has no price");
    }
}
