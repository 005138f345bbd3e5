//! The sizes that a price list names: pixels, classes such as `2K`, megapixels. Nothing lies between two of them.

use std::str::FromStr;

use serde_json::{Value, json};

use crate::spec::{Data, Field, Mistake, Node, Reader};
use crate::units::ImageSize;

/// For which images a price holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sizes {
    /// These sizes: `1024x1792, 1792x1024`.
    Exact(Vec<ImageSize>),
    /// Any image of no more pixels: `up to 1024x1024`.
    UpTo(ImageSize),
    /// A class, by the side of its square: `1K`.
    Class(Class),
    /// So many megapixels, begun ones counted whole: `2MP`.
    Megapixels(u32),
    /// The first megapixel of any image.
    FirstMegapixel,
    /// Each megapixel after the first.
    FurtherMegapixels,
    /// Each megapixel of the images that go in.
    InputMegapixels,
}

/// A class of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 512 x 512.
    Half,
    /// 1024 x 1024.
    One,
    /// 1280 x 720 only, in either orientation.
    P720,
    /// 1920 x 1080 only, in either orientation.
    P1080,
    /// 2048 x 2048.
    Two,
    /// 4096 x 4096.
    Four,
}

const CLASSES: [(&str, Class); 6] = [
    ("0.5K", Class::Half),
    ("1K", Class::One),
    ("720p", Class::P720),
    ("1080p", Class::P1080),
    ("2K", Class::Two),
    ("4K", Class::Four),
];

/// The classes by their squares, in order.
const SQUARES: [(Class, u64); 4] = [(Class::Half, 512), (Class::One, 1024), (Class::Two, 2048), (Class::Four, 4096)];

/// Pixels of a megapixel. Sellers by the megapixel count 1024x1024 as one: fal's price per pixel in LiteLLM 1.109.1 is its price
/// per megapixel over this.
pub const MEGAPIXEL: u64 = 1024 * 1024;

fn pixels(size: ImageSize) -> u64 {
    u64::from(size.width) * u64::from(size.height)
}

/// Megapixels of an image, begun ones counted whole.
pub fn megapixels(size: ImageSize) -> u64 {
    pixels(size).div_ceil(MEGAPIXEL)
}

/// The class of a size: the smallest whose square holds its pixels and a sixteenth more, since wide images of a class have a few
/// more pixels than its square, as 1376x768 of 1K. The sixteenth is *assumed*. `None` beyond 4K.
pub fn class_of(size: ImageSize) -> Option<Class> {
    let holds = |side: u64| pixels(size) <= side * side + side * side / 16;
    SQUARES.iter().find(|(_, side)| holds(*side)).map(|(class, _)| *class)
}

impl Sizes {
    /// Whether a price for these sizes is the price of an image of this size. Prices of parts of images hold for none.
    pub fn hold(&self, size: ImageSize) -> bool {
        let either = |width, height| [(width, height), (height, width)].contains(&(size.width, size.height));
        match self {
            Self::Exact(sizes) => sizes.contains(&size),
            Self::UpTo(most) => pixels(size) <= pixels(*most) + pixels(*most) / 16,
            Self::Class(Class::P720) => either(1280, 720),
            Self::Class(Class::P1080) => either(1920, 1080),
            Self::Class(class) => class_of(size) == Some(*class),
            Self::Megapixels(count) => megapixels(size) == u64::from(*count),
            Self::FirstMegapixel | Self::FurtherMegapixels | Self::InputMegapixels => false,
        }
    }
}

const EXPECTED: &str = r#"a size such as "1024x1024", "1K", "2MP" or "up to 1024x1024""#;

impl FromStr for Sizes {
    type Err = &'static str;

    /// Reads what [`Sizes`] names.
    ///
    /// # Errors
    /// What was expected, where it is none of them.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        if let Some((_, class)) = CLASSES.iter().find(|(name, _)| *name == text) {
            return Ok(Self::Class(*class));
        }
        let read = match text {
            "first megapixel" => Some(Self::FirstMegapixel),
            "further megapixels" => Some(Self::FurtherMegapixels),
            "input megapixels" => Some(Self::InputMegapixels),
            _ => text.strip_prefix("up to ").and_then(|size| size.parse().ok()).map(Self::UpTo),
        };
        let count =
            || text.strip_suffix("MP").and_then(|count| count.parse().ok()).filter(|count| *count > 0).map(Self::Megapixels);
        let list = || text.split(',').map(|size| size.parse().ok()).collect::<Option<_>>().map(Self::Exact);
        read.or_else(count).or_else(list).ok_or(EXPECTED)
    }
}

impl std::fmt::Display for Sizes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(sizes) => f.write_str(&sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            Self::UpTo(size) => write!(f, "up to {size}"),
            Self::Class(class) => f.write_str(CLASSES.iter().find(|(_, other)| other == class).map_or("", |(name, _)| name)),
            Self::Megapixels(count) => write!(f, "{count}MP"),
            Self::FirstMegapixel => f.write_str("first megapixel"),
            Self::FurtherMegapixels => f.write_str("further megapixels"),
            Self::InputMegapixels => f.write_str("input megapixels"),
        }
    }
}

impl Field for Sizes {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Data::Text(text) = &node.data else {
            reader.wrong_type(node, EXPECTED);
            return None;
        };
        let wrong = |expected| Mistake::error(&node.place, format!("{text:?} is no size")).label(format!("expected {expected}"));
        text.parse().map_err(|expected| reader.push(wrong(expected))).ok()
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["1024x1024", "1K", "2MP", "up to 1024x1024"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> ImageSize {
        text.parse().expect("a size")
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["1024x1024", "1024x1792, 1792x1024", "up to 1024x1024", "0.5K", "1080p", "3MP", "first megapixel"] {
            assert_eq!(text.parse::<Sizes>().map(|sizes| sizes.to_string()).as_deref(), Ok(text));
        }
        for wrong in ["", "1024", "5K", "0MP", "up to", "1024x"] {
            assert!(wrong.parse::<Sizes>().is_err(), "{wrong} was read");
        }
    }

    #[test]
    fn classes_go_by_pixels_and_nothing_lies_between() {
        let class = |text: &str| class_of(size(text));
        assert_eq!(
            (class("512x512"), class("1024x1024"), class("1376x768")),
            (Some(Class::Half), Some(Class::One), Some(Class::One))
        );
        assert_eq!((class("1920x1080"), class("3840x2160"), class("8192x4096")), (Some(Class::Two), Some(Class::Four), None));
        let holds = |sizes: &str, image| sizes.parse::<Sizes>().expect("known").hold(size(image));
        assert!(
            holds("1K", "1024x1024") && !holds("1K", "2048x2048") && holds("720p", "720x1280") && !holds("720p", "1024x1024")
        );
        assert!(holds("up to 1024x1024", "512x768") && !holds("first megapixel", "512x512"));
        assert!(holds("2MP", "1920x1080") && holds("1MP", "1024x1024") && !holds("1MP", "1025x1024"));
    }
}
