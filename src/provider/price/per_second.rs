//! By compute time: so much per second that the provider works on an attempt, billed to the microsecond.

use super::at::At;
use super::rates::MOST_PER_SECOND;
use super::{Amount, Rates};
use crate::spec::{self, Mistake};

spec::words! {
    /// Whether a cold start is billed.
    pub enum ColdStart {
        /// It is.
        "billed" => Billed,
        /// It is not.
        "free" => Free,
    }
}

spec::table! {
    /// By compute time.
    pub struct Spec {
        /// Each second.
        price: Amount,
        /// Whether a cold start is billed.
        cold_start: ColdStart = "billed",
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let second = at.usd(&spec.price)?;
    if second > MOST_PER_SECOND {
        return Err(Mistake::error(&spec.price.place, "a second costs 1M USD at most").label("too much money"));
    }
    Ok(Some(Rates { second, cold_is_free: spec.cold_start == ColdStart::Free, ..Rates::default() }))
}

#[cfg(test)]
mod tests {
    use crate::provider::Usage;
    use crate::provider::price::invoice::{shape, tariff, usage, usd};

    /// Replicate, H100: 0.001525 USD a second (replicate.com/pricing, facts of 2026-11-22). 8.25 s are 0.01258125 USD; where
    /// 6 s of them were a cold start that is free, 2.25 s are 0.00343125 USD.
    #[test]
    fn a_hand_computed_invoice() {
        let took = "8.25s".parse().expect("valid");
        let used = Usage { took, cold: "6s".parse().expect("valid"), ..usage(4, 60) };
        let of = |cold: &str| {
            let text = format!("price.per_second = {{ price = \"0.001525 USD\"{cold} }}");
            tariff(&text, shape("1024x1024", "standard"))
        };
        assert_eq!(of("").of(&used), usd("0.01258125"));
        assert_eq!(of(", cold_start = \"free\"").of(&used), usd("0.00343125"));
        assert_eq!((of("").of(&usage(4, 60)), of("").input_part(&used)), (usd("0"), usd("0")));
    }
}
