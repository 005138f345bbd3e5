//! What images look like, as far as their price depends on it.

use crate::units::ImageSize;

/// A size and a quality, in the words of the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Size in pixels.
    pub size: ImageSize,
    /// The provider's name of a quality, for example `standard` or `hd`.
    pub quality: String,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.size, self.quality)
    }
}
