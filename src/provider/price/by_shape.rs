//! Tables by quality and size, as price files write them.

use crate::model::Shape;
use crate::spec::{Mistake, Named};
use crate::units::{ImageSize, NotAQuantity};

/// Quality, then size: `{ standard = { "1024x1024" = "0.04 USD" } }`.
pub type ByShape<T> = Named<Named<T>>;

/// The value of each of these shapes; `None` where the table has none.
///
/// # Errors
/// A key that is not a size.
pub(super) fn by_shape<T: Copy>(table: &ByShape<T>, shapes: &[Shape]) -> Result<Box<[Option<T>]>, Mistake> {
    let mut entries = Vec::new();
    for (quality, sizes) in table {
        for (size, value) in sizes {
            let wrong = |e: NotAQuantity| Mistake::error(&size.place, e.to_string()).label("not a size");
            entries.push((quality.as_str(), size.parse::<ImageSize>().map_err(wrong)?, *value));
        }
    }
    let find = |shape: &Shape| entries.iter().find(|(q, size, _)| *q == shape.quality && *size == shape.size);
    Ok(shapes.iter().map(|shape| find(shape).map(|(.., value)| *value)).collect())
}
