//! What changes a price: a class of service, a region, cached input, surcharges, a reseller's markup, rounding. An adjustment
//! is one file and one line in the table below, and they are applied in its order: so surcharges are neither multiplied by a
//! class of service nor by a region, and a markup is on everything, before it is rounded.

mod factor;
mod registry;

pub use factor::{Factor, Percent};
pub use rounding::Rounding;

use super::Rates;
use super::at::At;
use crate::spec::{Located, Mistake, Place};
use crate::units::Decimal;

registry::adjustments! {
    /// Prices of other classes of service, as parts of the standard one: { batch = "50%", flex = "50%", priority = "180%" }. A
    /// class of service that is not given has no price.
    service,
    /// What the price is in a region: { uplift = { data-zone = "+10%" }, here = "data-zone" }.
    region,
    /// Share of requests whose input the provider has cached.
    cached_input,
    /// Prices of what is asked for on top, by name: { search = { per_request = "0.014 USD" } }. An extra that is not given has
    /// no price.
    surcharges,
    /// What a reseller adds to the price, such as "+30%", or takes off it: "-25%".
    markup,
    /// How bills are rounded, always up: { unit = "0.01 USD", of = "request" }.
    rounding,
}

impl AdjustSpec {
    /// Whether what is added depends on the quality.
    pub(in crate::provider) fn goes_by_quality(&self) -> bool {
        let mut surcharges = self.surcharges.iter().flat_map(|all| all.iter());
        surcharges.any(|(_, surcharge)| matches!(surcharge.per_image, Some(surcharges::PerImage::ByQuality(_))))
    }
}

/// All rates times a factor that is written at this place.
fn multiply(rates: Rates, factor: Decimal, place: &Place) -> Result<Rates, Mistake> {
    rates.times(factor).ok_or_else(|| Mistake::error(place, "this makes too much money").label("too large a factor"))
}
