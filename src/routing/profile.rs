//! Profiles: the settings of a gateway at one version, as data in the words of a strategy.
//!
//! A profile is a line of the table below, and one or more files of this directory, each above the one before it. A strategy that
//! names one has its settings wherever it gives none of its own; settings of `retry`, `sdk`, `cooldown`, `fallbacks`, `parallel`
//! and `budget` stand one by one.

use crate::spec::{Data, Mistakes, Node, Sources, parse, words};

/// Declares the profiles: a doc, the name, the variant, the files.
macro_rules! profiles {
    ($($(#[doc = $doc:literal])+ $name:literal => $Profile:ident, $($file:literal)+;)+) => {
        words! {
            /// A gateway and version whose settings a strategy has.
            pub enum Profile {
                $($(#[doc = $doc])+ $name => $Profile,)+
            }
        }

        impl Profile {
            /// The profile of this name.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$Profile),)+
                    _ => None,
                }
            }

            /// Its settings: tables of a strategy as TOML, each with the name of its file.
            pub const fn texts(self) -> &'static [(&'static str, &'static str)] {
                match self {
                    $(Self::$Profile => &[$(($file, include_str!(concat!("profiles/", $file)))),+],)+
                }
            }
        }
    };
}

profiles! {
    /// LiteLLM's Router 1.106 with the adapter for OpenAI: the SDK retries twice inside each attempt.
    "litellm-1.106/openai" => Litellm1106Openai, "litellm-1.106.toml" "openai-python-2.54.toml";
    /// LiteLLM's Router 1.106 with adapters that make one HTTP call per attempt.
    "litellm-1.106/httpx" => Litellm1106Httpx, "litellm-1.106.toml";
}

/// The tables of a strategy whose settings stand one by one.
const BY_KEY: [&str; 6] = ["retry", "sdk", "cooldown", "fallbacks", "parallel", "budget"];

/// Completes a strategy's table by the settings of the profile that it names, if any. The texts of profiles go to `sources`.
pub fn complete(strategy: &mut Node, sources: &mut Sources) {
    let Some(Data::Text(name)) = strategy.get("profile").map(|node| &node.data) else { return };
    // An unknown name is reported when the strategy is read.
    let Some(profile) = Profile::named(name) else { return };
    let place = strategy.place.clone();
    let own = std::mem::replace(strategy, Node { place: place.clone(), data: Data::Bool(true) });
    let by_key = |key: &str| BY_KEY.contains(&key);
    let mut all = Node { place: place.clone(), data: Data::Table(Vec::new()) };
    for (file, text) in profile.texts() {
        all.overlay(parse(text, sources.add(*file, *text), &mut Mistakes::new()), &by_key);
    }
    all.overlay(own, &by_key);
    *strategy = Node { place, ..all };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::StrategySpec;
    use crate::spec::{Field, Reader};

    /// The strategy of this text, completed by its profile.
    fn read(text: &str) -> StrategySpec {
        let mut sources = Sources::new();
        let mut node = parse(text, sources.add("a.toml", text), &mut Mistakes::new());
        complete(&mut node, &mut sources);
        let mut reader = Reader::new();
        let spec = StrategySpec::read(&node, &mut reader);
        spec.unwrap_or_else(|| panic!("{:?}", reader.into_mistakes().into_sorted()))
    }

    #[test]
    fn every_profile_is_a_strategys_settings() {
        for name in ["litellm-1.106/openai", "litellm-1.106/httpx"] {
            let spec = read(&format!("profile = {name:?}"));
            assert_eq!(*spec.retry.expect("given").attempts, 3, "{name}");
        }
    }

    #[test]
    fn own_settings_stand_above_it() {
        let spec = read("profile = \"litellm-1.106/openai\"\nretry.attempts = 5\ncooldown.time = \"60s\"");
        let (retry, cooldown) = (spec.retry.expect("given"), spec.cooldown.expect("given"));
        assert_eq!((*retry.attempts, retry.needs_healthy), (5, true));
        assert_eq!((cooldown.time.to_string(), cooldown.share.is_some()), ("1min".into(), true));
        assert!(spec.sdk.is_some());
    }
}
