//! What a price is per: `per_image`, `per_mtok_out_image_batch`, ...

use std::str::FromStr;

use serde_json::{Value, json};

use crate::model::Service;
use crate::spec::{Data, Field, Node, Reader};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// An image that comes out.
    Image,
    /// An image that goes in.
    InputImage,
    /// A pixel that comes out.
    Pixel,
    /// A megapixel that comes out.
    Megapixel,
    /// A step of the generation.
    Step,
    /// A second of computing.
    Second,
    /// An hour of computing.
    Hour,
    /// A month of a plan.
    Month,
    /// A year of a plan.
    Year,
    /// A prepaid credit.
    Credit,
    /// 100 000 requests.
    HundredThousandRequests,
    /// A web search made on the way.
    SearchQuery,
    /// A million tokens of the prompt.
    InText,
    /// A million tokens of images that go in.
    InImage,
    /// A million tokens of text that comes out.
    OutText,
    /// A million tokens of images that come out.
    OutImage,
    /// A million tokens of thinking.
    OutThinking,
}

const BASES: [(&str, Base); 17] = [
    ("per_image", Base::Image),
    ("per_input_image", Base::InputImage),
    ("per_pixel", Base::Pixel),
    ("per_megapixel", Base::Megapixel),
    ("per_step", Base::Step),
    ("per_second", Base::Second),
    ("per_hour", Base::Hour),
    ("per_month", Base::Month),
    ("per_year", Base::Year),
    ("per_credit", Base::Credit),
    ("per_100k_requests", Base::HundredThousandRequests),
    ("per_search_query", Base::SearchQuery),
    ("per_mtok_in_text", Base::InText),
    ("per_mtok_in_image", Base::InImage),
    ("per_mtok_out_text", Base::OutText),
    ("per_mtok_out_image", Base::OutImage),
    ("per_mtok_out_thinking", Base::OutThinking),
];

impl Base {
    /// Whether an image can be priced by it, alone or with others.
    pub const fn makes_images(self) -> bool {
        matches!(self, Self::Image | Self::Pixel | Self::Megapixel | Self::Step | Self::OutImage)
    }
}

/// How a price came about to be another than the standard one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cached {
    /// Nothing was in a cache.
    #[default]
    No,
    /// Read from the provider's cache.
    Read,
    /// Written to the provider's cache.
    Write,
}

/// What a price is per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// What is counted.
    pub base: Base,
    /// Whether it is the price of cached tokens.
    pub cached: Cached,
    /// Whether it holds for prompts of more than 200 000 tokens only.
    pub above_200k: bool,
    /// For which service.
    pub service: Service,
}

const SERVICES: [(&str, Service); 3] = [("_batch", Service::Batch), ("_flex", Service::Flex), ("_priority", Service::Priority)];
const ABOVE: &str = "_above_200k_prompt";
const CACHED: [(&str, Cached); 2] = [("_cached", Cached::Read), ("_cache_write", Cached::Write)];

impl Unit {
    /// The standard price per this.
    pub const fn of(base: Base) -> Self {
        Self { base, cached: Cached::No, above_200k: false, service: Service::Standard }
    }

    /// The same for cached tokens.
    #[must_use]
    pub const fn cached(self, cached: Cached) -> Self {
        Self { cached, ..self }
    }

    /// The same for another service.
    #[must_use]
    pub const fn service(self, service: Service) -> Self {
        Self { service, ..self }
    }

    /// The same for long prompts.
    #[must_use]
    pub const fn above_200k(self) -> Self {
        Self { above_200k: true, ..self }
    }
}

/// Cuts one of these endings off.
fn ending<'a, T: Copy>(text: &'a str, endings: &[(&str, T)]) -> (&'a str, Option<T>) {
    let found = endings.iter().find_map(|(end, value)| Some((text.strip_suffix(end)?, Some(*value))));
    found.unwrap_or((text, None))
}

impl FromStr for Unit {
    type Err = ();

    /// Reads `per_mtok_in_text_cached_above_200k_prompt_priority` and the like.
    ///
    /// # Errors
    /// A unit that is not known.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (rest, service) = ending(text, &SERVICES);
        let (rest, above) = ending(rest, &[(ABOVE, true)]);
        let (rest, cached) = ending(rest, &CACHED);
        let base = BASES.iter().find(|(name, _)| *name == rest).map(|(_, base)| *base).ok_or(())?;
        Ok(Self { base, cached: cached.unwrap_or_default(), above_200k: above.is_some(), service: service.unwrap_or_default() })
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let base = BASES.iter().find(|(_, base)| *base == self.base).map_or("", |(name, _)| name);
        let cached = CACHED.iter().find(|(_, cached)| *cached == self.cached).map_or("", |(name, _)| name);
        let above = if self.above_200k { ABOVE } else { "" };
        let service = SERVICES.iter().find(|(_, service)| *service == self.service).map_or("", |(name, _)| name);
        write!(f, "{base}{cached}{above}{service}")
    }
}

impl Field for Unit {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Text(text) = &node.data else {
            reader.wrong_type(node, "a unit such as \"per_image\"");
            return None;
        };
        let names = BASES.map(|(name, _)| name);
        text.parse().map_err(|()| reader.unknown_name(&node.place, "unit", text, &names)).ok()
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["per_image"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for (name, _) in BASES {
            assert_eq!(name.parse::<Unit>().map(|unit| unit.to_string()).as_deref(), Ok(name));
        }
        let long = "per_mtok_in_text_cached_above_200k_prompt_priority";
        let unit: Unit = long.parse().expect("known");
        assert_eq!(
            (unit.base, unit.cached, unit.above_200k, unit.service),
            (Base::InText, Cached::Read, true, Service::Priority)
        );
        assert_eq!(unit.to_string(), long);
        assert_eq!((("per_imag").parse::<Unit>(), "per_mtok_batch".parse::<Unit>()), (Err(()), Err(())));
    }
}
