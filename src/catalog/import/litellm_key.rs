//! The keys of LiteLLM: quality, size and steps stand before the model, in any order, each between slashes.

use crate::catalog::Sizes;
use crate::units::ImageSize;

/// A key taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    /// The quality, or what stands in its place: the largest size, more steps than the most.
    pub(super) quality: Option<String>,
    /// The size.
    pub(super) size: Option<Sizes>,
    /// The steps.
    pub(super) steps: Option<u32>,
    /// What is left: the model, with its provider where the key has one.
    pub(super) model: String,
}

const QUALITIES: [&str; 7] = ["low", "medium", "high", "xhigh", "max", "standard", "hd"];

/// Takes a key apart. Components are known by their pattern; what matches none belongs to the model.
pub(super) fn parse(key: &str) -> Key {
    let mut parsed = Key::default();
    let mut rest = Vec::new();
    let mut words = Vec::new();
    let count = key.split('/').count();
    for (at, part) in key.split('/').enumerate() {
        let last = at + 1 == count;
        if last {
            rest.push(part);
        } else if part == "max-x-max" {
            words.push("max size".to_owned());
        } else if part == "max-steps" {
            words.push("max steps".to_owned());
        } else if QUALITIES.contains(&part) && parsed.quality.is_none() {
            parsed.quality = Some(part.to_owned());
        } else if let Some(size) = size(part) {
            parsed.size = Some(Sizes::Exact(vec![size]));
        } else if let Some(steps) = part.strip_suffix("-steps").and_then(|steps| steps.parse().ok()) {
            parsed.steps = Some(steps);
        } else {
            rest.push(part);
        }
    }
    if words.contains(&"max size".to_owned()) {
        words.extend(parsed.steps.take().map(|steps| format!("{steps} steps")));
    }
    if !words.is_empty() {
        parsed.quality = Some(parsed.quality.into_iter().chain(words).collect::<Vec<_>>().join(", "));
    }
    parsed.model = rest.join("/");
    parsed
}

fn size(part: &str) -> Option<ImageSize> {
    let (width, height) = part.split_once("-x-")?;
    format!("{width}x{height}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(key: &str) -> (Option<String>, Option<String>, Option<u32>, String) {
        let key = parse(key);
        (key.quality, key.size.map(|size| size.to_string()), key.steps, key.model)
    }

    #[test]
    fn components_stand_in_any_order() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("low/1024-x-1024/gpt-image-1.5"), (some("low"), some("1024x1024"), None, "gpt-image-1.5".into()));
        assert_eq!(parts("azure/hd/1024-x-1792/dall-e-3"), (some("hd"), some("1024x1792"), None, "azure/dall-e-3".into()));
        let steps = "1024-x-1024/50-steps/bedrock/amazon.nova-canvas-v1:0";
        assert_eq!(parts(steps), (None, some("1024x1024"), Some(50), "bedrock/amazon.nova-canvas-v1:0".into()));
        assert_eq!(parts("max-x-max/50-steps/stability.sd"), (some("max size, 50 steps"), None, None, "stability.sd".into()));
        assert_eq!(parts("fal_ai/fal-ai/flux/dev"), (None, None, None, "fal_ai/fal-ai/flux/dev".into()));
        assert_eq!(parts(""), (None, None, None, String::new()));
    }
}
