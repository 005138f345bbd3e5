//! What images look like and how they are asked for, as far as their price depends on it.

use crate::units::ImageSize;

/// All of a request that prices depend on besides the number of images and the tokens of the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Size in pixels.
    pub size: ImageSize,
    /// The provider's name of a quality, for example `standard` or `hd`.
    pub quality: String,
    /// Steps of generation, where the application chooses them.
    pub steps: Option<u32>,
    /// Images that go in: to be edited, or as a reference.
    pub inputs: Option<Inputs>,
    /// In which class of service it is asked for.
    pub service: Service,
    /// Names of what it asks for on top, such as a search; a name that stands twice counts twice.
    pub extras: Vec<String>,
}

/// Images that go in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inputs {
    /// How many, at least 1.
    pub count: u8,
    /// Size of each in pixels.
    pub size: ImageSize,
}

/// A class of service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// At once, at the list price.
    #[default]
    Standard,
    /// Some time within a day or so.
    Batch,
    /// When there is room.
    Flex,
    /// Before others.
    Priority,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Batch, Self::Flex, Self::Priority];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
        }
    }
}

impl Shape {
    /// Images of this size and quality, and nothing special about them.
    pub const fn new(size: ImageSize, quality: String) -> Self {
        Self { size, quality, steps: None, inputs: None, service: Service::Standard, extras: Vec::new() }
    }
}

impl std::fmt::Display for Shape {
    /// Size and quality, and what else is special: `1024x1024 high, 2 input images of 512x512, batch, with search`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.size, self.quality)?;
        if let Some(steps) = self.steps {
            write!(f, ", {steps} steps")?;
        }
        if let Some(Inputs { count, size }) = self.inputs {
            write!(f, ", {count} input image{} of {size}", if count == 1 { "" } else { "s" })?;
        }
        if self.service != Service::Standard {
            write!(f, ", {}", self.service.name())?;
        }
        if !self.extras.is_empty() {
            write!(f, ", with {}", self.extras.join(" and "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_special() {
        let plain = Shape::new(ImageSize { width: 1024, height: 1024 }, "high".to_owned());
        assert_eq!(plain.to_string(), "1024x1024 high");
        let inputs = Some(Inputs { count: 2, size: ImageSize { width: 512, height: 512 } });
        let special = Shape { steps: Some(30), inputs, service: Service::Batch, extras: vec!["search".to_owned()], ..plain };
        assert_eq!(special.to_string(), "1024x1024 high, 30 steps, 2 input images of 512x512, batch, with search");
    }
}
