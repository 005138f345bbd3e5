//! How a filter is written, and how it becomes one.

use super::super::identity;
use super::copula::Copula;
use super::verdict::{Filter, Refusal, Stage};
use crate::spec::{self, Field, Located, Mistake, Named, Node, Reader, nearest};
use crate::units::{Share, SimDuration};

spec::table! {
    /// A content filter. Its verdict on a prompt is the same at every attempt.
    pub struct FilterSpec {
        /// Share of prompts that it refuses: of the ordinary ones, and of those in categories that `rates` does not name.
        rate: Option<RateSpec>,
        /// Share of prompts that it refuses, by category of the prompt.
        rates: Option<Named<RateSpec>>,
        /// Which of the rates hold that are given by strictness.
        strictness: Option<Located<String>>,
        /// Models whose filters have the same name share verdicts; without it, the filter is the model's own.
        name: Option<String>,
        /// Correlation with other filters: what one refuses, another refuses more often. Between two filters it is the
        /// geometric mean of theirs (one-factor Gaussian copula).
        correlation: Option<Share>,
        /// Whether it looks at the prompt before an image is generated, or at the image after. Without it: before where
        /// `verdict_after` is given, else after.
        stage: Option<Located<Stage>>,
        /// When the refusal comes; without it, when the image would have come.
        verdict_after: Option<SimDuration>,
        /// How the refusal looks to the client.
        answer: Refusal = "error",
    }
}

/// A share of prompts that is refused: `"15%"`, or by strictness `{ low = "5%", high = "40%" }`.
#[derive(Debug, Clone)]
pub enum RateSpec {
    /// The same at any strictness.
    Plain(Share),
    /// By strictness.
    ByStrictness(Located<Named<Share>>),
}

impl Field for RateSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.entries() {
            Some(_) => Located::read(node, reader).map(Self::ByStrictness),
            None => Share::read(node, reader).map(Self::Plain),
        }
    }

    fn example() -> Option<String> {
        Share::example()
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "anyOf": [Share::schema(), Named::<Share>::schema()] })
    }
}

impl FilterSpec {
    /// The filter of the model with this name, for a workload with these categories of prompts.
    ///
    /// # Errors
    /// No rate at all, rates by strictness without a strictness or without the one that is set, and a filter before
    /// generation without a time.
    pub fn build(&self, model: &Located<String>, categories: &[String]) -> Result<Filter, Mistake> {
        if self.rate.is_none() && self.rates.is_none() {
            let mistake = Mistake::error(&model.place, format!("the filter of model \"{}\" has no rate", **model));
            return Err(mistake.label("used here").help("give it rate or rates"));
        }
        let ordinary = self.rate.as_ref().map_or(Ok(Share::NONE), |rate| self.at_strictness(rate, model))?;
        let of_category = |name: &String| match self.rates.as_ref().and_then(|rates| rates.get(name)) {
            Some(rate) => self.at_strictness(rate, model),
            None => Ok(ordinary),
        };
        let by_category: Result<Vec<Share>, Mistake> = categories.iter().map(of_category).collect();
        let rates: Vec<Share> = std::iter::once(ordinary).chain(by_category?).collect();
        // By name and not by number, so that what another strategy uses cannot change a verdict.
        let id = identity::of(self.name.as_deref().unwrap_or(model));
        let copula = self.correlation.filter(|rho| *rho > Share::NONE).map(|rho| Copula::new(rho, &rates));
        let stage = self.stage(model)?;
        Ok(Filter::new(id, &rates, copula, stage, self.verdict_after, self.answer))
    }

    fn at_strictness(&self, rate: &RateSpec, model: &Located<String>) -> Result<Share, Mistake> {
        let by_strictness = match rate {
            RateSpec::Plain(share) => return Ok(*share),
            RateSpec::ByStrictness(rates) => rates,
        };
        let names: Vec<&str> = by_strictness.names().collect();
        let allowed = format!("allowed: {}", names.join(", "));
        let Some(strictness) = &self.strictness else {
            let what = format!("the filter of model \"{}\" has rates by strictness, and no strictness", **model);
            let mistake = Mistake::error(&by_strictness.place, what).label("which of them holds?");
            return Err(mistake.help(format!("give it a strictness; {allowed}")));
        };
        by_strictness.get(strictness).copied().ok_or_else(|| {
            let near = nearest(strictness, &names).map_or_else(String::new, |near| format!("did you mean \"{near}\"? "));
            let what = format!("unknown strictness \"{}\"", **strictness);
            Mistake::error(&strictness.place, what).label("no rate is given for it").help(near + &allowed)
        })
    }

    fn stage(&self, model: &str) -> Result<Stage, Mistake> {
        match (&self.stage, self.verdict_after) {
            (None, None) => Ok(Stage::After),
            (None, Some(_)) => Ok(Stage::Before),
            (Some(stage), None) if **stage == Stage::Before => {
                let what = format!("the filter of model \"{model}\" refuses before generation, at no known time");
                Err(Mistake::error(&stage.place, what).label("when?").help("give verdict_after, such as \"1s\""))
            }
            (Some(stage), _) => Ok(**stage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse_value, render};

    fn build(text: &str) -> Result<Filter, String> {
        let mut sources = Sources::new();
        let file = sources.add("a.toml", text);
        let node = parse_value(text, file, 0).expect("TOML");
        let spec = FilterSpec::read(&node, &mut Reader::new()).expect("readable");
        let model = Located { value: "acme/model".to_owned(), place: node.place.clone() };
        let categories = ["privacy", "nsfw", "copyright"].map(str::to_owned);
        spec.build(&model, &categories).map_err(|mistake| render(&sources, &[mistake], false))
    }

    fn threshold(share: f64) -> u64 {
        Share::new(share).expect("a share").threshold()
    }

    #[test]
    fn a_plain_rate_holds_for_every_prompt() {
        let filter = build("{ rate = \"20%\" }").expect("valid");
        assert_eq!([0, 1, 2, 3].map(|category| filter.rate(category)), [threshold(0.2); 4]);
        assert_eq!((filter.stage, filter.answer, filter.verdict_after), (Stage::After, Refusal::Error, None));
        assert_eq!(build("{ rate = \"20%\", correlation = \"0%\" }").expect("valid"), filter);
        assert_ne!(build("{ rate = \"20%\", correlation = \"1%\" }").expect("valid"), filter);
    }

    #[test]
    fn rates_by_category_and_strictness() {
        let text = "{ rate = { low = \"0%\", high = \"1%\" }, rates = { privacy = \"15%\", nsfw = { low = \"5%\", high = \"24%\" } }, \
                    strictness = \"high\", verdict_after = \"1s\", answer = \"empty\" }";
        let filter = build(text).expect("valid");
        assert_eq!([0, 1, 2, 3].map(|category| filter.rate(category)), [0.01, 0.15, 0.24, 0.01].map(threshold));
        assert_eq!((filter.stage, filter.answer), (Stage::Before, Refusal::Empty));
        let only = build("{ rates = { nsfw = \"24%\" }, stage = \"after\", verdict_after = \"1s\" }").expect("valid");
        assert_eq!([0, 1, 2].map(|category| only.rate(category)), [0.0, 0.0, 0.24].map(threshold));
        assert_eq!(only.stage, Stage::After);
    }

    #[test]
    fn mistakes_say_what_is_missing() {
        for (text, what) in [
            ("{ }", "the filter of model \"acme/model\" has no rate"),
            ("{ rate = { low = \"5%\" } }", "has rates by strictness, and no strictness"),
            ("{ rate = { low = \"5%\", high = \"9%\" }, strictness = \"hi\" }", "unknown strictness \"hi\""),
            ("{ rate = \"5%\", stage = \"before\" }", "refuses before generation, at no known time"),
        ] {
            let shown = build(text).expect_err("a mistake");
            assert!(shown.contains(what), "{shown}");
        }
    }
}
