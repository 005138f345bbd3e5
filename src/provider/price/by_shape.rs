//! Tables by quality and size, as price files write them.

use crate::model::Shape;
use crate::spec::{Mistake, Named};
use crate::units::{ImageSize, NotAQuantity};

/// Quality, then size: `{ standard = { "1024x1024" = "0.04 USD" } }`.
pub type ByShape<T> = Named<Named<T>>;

/// The value of this shape; `None` where the table has none.
///
/// # Errors
/// A key that is not a size.
pub(super) fn by_shape<'a, T>(table: &'a ByShape<T>, shape: &Shape) -> Result<Option<&'a T>, Mistake> {
    let mut found = None;
    for (quality, sizes) in table {
        for (size, value) in sizes {
            let wrong = |e: NotAQuantity| Mistake::error(&size.place, e.to_string()).label("not a size");
            let size: ImageSize = size.parse().map_err(wrong)?;
            if found.is_none() && **quality == shape.quality && size == shape.size {
                found = Some(value);
            }
        }
    }
    Ok(found)
}
