//! Flat: the same price for every image, whatever its size and quality.

use super::Usage;
use crate::units::Usd;

/// A price per image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerImage(pub Usd);

impl PerImage {
    #[inline]
    pub(super) fn of(&self, usage: Usage) -> Usd {
        self.0 * u64::from(usage.images)
    }
}
