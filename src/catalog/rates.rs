//! Prices and token counts, row for row as their sources have them.

use super::{Exact, Sizes, Unit};
use crate::spec::{self, Date, Located, OneOrMany};

spec::words! {
    /// How far a figure can be trusted.
    pub enum Confidence {
        /// A vendor's page or billing meter, or two independent files.
        "high" => High,
        /// One machine-readable file.
        "medium" => Medium,
        /// A blog, a reseller, or figures that contradict each other.
        "low" => Low,
    }
}

impl Confidence {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

spec::table! {
    /// The prices that one source gives of one model.
    pub struct RateList {
        /// The model.
        model: Located<String>,
        /// The first day on which they hold; without it, from the model's beginning.
        from: Option<Located<Date>>,
        /// The first day on which they hold no longer: a shutdown or a change. Of superseded prices, the last day on which they
        /// were seen.
        to: Option<Located<Date>>,
        /// Where they hold, such as "global" or "data-zone"; without it, everywhere.
        region: Option<String>,
        /// What is done: "edit"; without it, making an image from text.
        operation: Option<String>,
        /// They were in a file once and are in it no longer: used only where there is nothing else.
        superseded: bool = false,
        /// Where they are from.
        source: String,
        /// When the source was read or written, as exactly as is known: "2026-11-22", "2026-06", "2026" or "unknown".
        date: Located<String>,
        /// How far they can be trusted.
        confidence: Confidence,
        /// Anything else worth knowing.
        note: Option<String>,
        /// The prices.
        rows: Vec<RateRow>,
    }
}

spec::table! {
    /// A price.
    pub struct RateRow {
        /// What it is per.
        unit: Located<Unit>,
        /// For images of these sizes; without it, of any.
        size: Option<Sizes>,
        /// For this quality; without it, for any.
        quality: Option<String>,
        /// For this many steps; without it, for any number or the default.
        steps: Option<u32>,
        /// The price in dollars, to the last digit that the source gives.
        usd: Exact,
        /// Anything else worth knowing.
        note: Option<String>,
    }
}

spec::words! {
    /// Which tokens are counted.
    pub enum Direction {
        /// Those of an image that comes out.
        "output_image" => OutputImage,
        /// Those of an image that goes in.
        "input_image" => InputImage,
        /// Those of each partial image that is streamed on the way.
        "output_image_partial" => OutputImagePartial,
    }
}

spec::table! {
    /// The tokens that one source gives of a model's images.
    pub struct TokenList {
        /// The models: the same one under the names of its sellers.
        models: OneOrMany<Located<String>>,
        /// Which tokens.
        direction: Direction = "output_image",
        /// Where they are from.
        source: String,
        /// How far they can be trusted.
        confidence: Confidence,
        /// The counts.
        rows: Vec<TokenRow>,
    }
}

spec::table! {
    /// The tokens of one image.
    pub struct TokenRow {
        /// Of images of these sizes; without it, of any.
        size: Option<Sizes>,
        /// Of this quality; without it, of any.
        quality: Option<String>,
        /// How many.
        tokens: u32,
    }
}
