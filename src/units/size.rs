//! Image sizes.

use super::NotAQuantity;

/// The size of an image in pixels.
///
/// ```
/// use spendcast::units::ImageSize;
/// let size: ImageSize = "1792x1024".parse().unwrap();
/// assert_eq!((size.width, size.height), (1792, 1024));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageSize {
    /// Pixels across, 1 to 65 535.
    pub width: u16,
    /// Pixels down, 1 to 65 535.
    pub height: u16,
}

const EXPECTED: &str = r#"a size such as "1024x1024""#;

impl std::fmt::Display for ImageSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl std::str::FromStr for ImageSize {
    type Err = NotAQuantity;

    /// Reads `"1024x1024"`.
    ///
    /// # Errors
    /// Anything else, and sides of zero.
    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let side = |part: &str| part.trim().parse::<u16>().ok().filter(|side| *side > 0);
        text.split_once('x')
            .and_then(|(width, height)| Some(Self { width: side(width)?, height: side(height)? }))
            .ok_or_else(|| NotAQuantity::new(format!("{text:?} is not an image size"), EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_sizes() {
        assert_eq!("512x768".parse(), Ok(ImageSize { width: 512, height: 768 }));
        for wrong in ["1024", "0x5", "1024×1024", "x", "70000x1"] {
            assert!(wrong.parse::<ImageSize>().is_err(), "{wrong} was read");
        }
    }
}
