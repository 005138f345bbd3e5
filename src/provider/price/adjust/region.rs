//! Regional uplift: the same model costs more where its data must stay.

use super::{Percent, multiply};
use crate::provider::price::Rates;
use crate::provider::price::at::At;
use crate::spec::{self, Located, Mistake, Named};

spec::table! {
    /// What the price is in a region.
    pub struct Spec {
        /// What is added by region: { data-zone = "+10%" }.
        uplift: Named<Percent>,
        /// The region in which the model is called; without it, none of them.
        here: Option<Located<String>>,
    }
}

pub(super) fn apply(spec: Option<&Located<Spec>>, _: &At<'_>, rates: Rates) -> Result<Option<Rates>, Mistake> {
    let Some((spec, here)) = spec.and_then(|spec| Some((spec, spec.here.as_ref()?))) else { return Ok(Some(rates)) };
    let Some(factor) = spec.uplift.get(here) else {
        let known = spec.uplift.names().collect::<Vec<_>>().join(", ");
        let what = format!("there is no uplift for the region \"{}\"", &**here);
        return Err(Mistake::error(&here.place, what).label("no such region").help(format!("the regions are {known}")));
    };
    multiply(rates, factor.0, &here.place).map(Some)
}

#[cfg(test)]
mod tests {
    use crate::provider::price::invoice::{price, shape, usage, usd};

    /// Azure: the data zone costs 10 % more than the global deployment, regions 10, 21 or 32 % (Azure meters, facts of
    /// 2026-11-22). DALL-E 3 at 0.04 USD: 0.044 in the data zone, 0.0528 in the dearest region.
    #[test]
    fn a_hand_computed_invoice() {
        let of = |here: &str| {
            let text = format!("price.per_image = \"0.04 USD\"\nadjust.region = {{ uplift = {{ data-zone = \"+10%\", dearest = \"+32%\" }}{here} }}");
            price(&text, shape("1024x1024", "standard")).map(|tariff| tariff.expect("priced").of(&usage(1, 0)))
        };
        assert_eq!(of("").ok(), Some(usd("0.04")));
        assert_eq!(of(", here = \"data-zone\"").ok(), Some(usd("0.044")));
        assert_eq!(of(", here = \"dearest\"").ok(), Some(usd("0.0528")));
        assert_eq!(of(", here = \"mars\"").expect_err("unknown").help.as_deref(), Some("the regions are data-zone, dearest"));
    }
}
