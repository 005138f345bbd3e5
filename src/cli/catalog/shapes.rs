//! The shapes that a price book names of a model: what is worth a quote when none is asked for.

use crate::catalog::{Book, Class, Sizes};
use crate::units::ImageSize;

/// A size, a quality and a number of steps, as far as they are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) size: Option<ImageSize>,
    pub(super) quality: Option<String>,
    pub(super) steps: Option<u32>,
}

impl Shape {
    /// Its parts for people.
    pub(super) fn words(&self) -> [String; 3] {
        let any = || "-".to_owned();
        let size = self.size.map_or_else(any, |size| size.to_string());
        [size, self.quality.clone().unwrap_or_else(any), self.steps.map_or_else(any, |steps| steps.to_string())]
    }
}

/// Every size with every quality and number of steps that a row names, in the order of the book.
pub(super) fn shapes(book: &Book, model: &str) -> Vec<Shape> {
    let (mut sizes, mut qualities, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for price in book.prices(model).filter(|price| price.row.unit.base.makes_images()) {
        sizes.extend(price.row.size.iter().flat_map(squares));
        qualities.push(price.row.quality.clone());
        steps.push(price.row.steps);
    }
    for row in book.token_lists(model).flat_map(|list| &list.rows) {
        sizes.extend(row.size.iter().flat_map(squares));
        qualities.push(row.quality.clone());
    }
    if sizes.is_empty() {
        sizes.push(ImageSize { width: 1024, height: 1024 });
    }
    let (sizes, qualities, steps) = (once_each(sizes), once_each(qualities), once_each(steps));
    let of =
        |quality: &Option<String>, size, steps: &Option<u32>| Shape { size: Some(size), quality: quality.clone(), steps: *steps };
    let pairs = qualities.iter().flat_map(|quality| sizes.iter().map(move |size| (quality, *size)));
    pairs.flat_map(|(quality, size)| steps.iter().map(move |steps| of(quality, size, steps))).collect()
}

/// The sizes, or squares that stand for them.
fn squares(sizes: &Sizes) -> Vec<ImageSize> {
    let size = |width, height| ImageSize { width, height };
    match sizes {
        Sizes::Exact(sizes) => sizes.clone(),
        Sizes::UpTo(most) => vec![*most],
        Sizes::Class(Class::Half) => vec![size(512, 512)],
        Sizes::Class(Class::One) | Sizes::Megapixels(1) | Sizes::FirstMegapixel => vec![size(1024, 1024)],
        Sizes::Class(Class::P720) => vec![size(1280, 720)],
        Sizes::Class(Class::P1080) => vec![size(1920, 1080)],
        Sizes::Class(Class::Two) => vec![size(2048, 2048)],
        Sizes::Class(Class::Four) => vec![size(4096, 4096)],
        Sizes::FurtherMegapixels => vec![size(2048, 1024), size(2048, 2048)],
        Sizes::Megapixels(count) => u16::try_from(u64::from(*count) * 1024).map(|width| size(width, 1024)).into_iter().collect(),
        Sizes::InputMegapixels => Vec::new(),
    }
}

fn once_each<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
