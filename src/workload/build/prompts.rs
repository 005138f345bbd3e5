//! Repertoires and categories of prompts as they are drawn from.

use crate::dist::Alias;
use crate::spec::Mistake;
use crate::units::Share;
use crate::workload::spec::{PopularitySpec, RepertoireSpec, ZipfSpec};
use crate::workload::{Categories, Prompts, PromptsSpec, TemplateId};

/// The repertoire where the scenario gives none (*assumed*).
const ZIPF: ZipfSpec = ZipfSpec { prompts: 1000, exponent: 1.0 };

impl PromptsSpec {
    /// The repertoire, where journeys repeat prompts.
    pub(super) fn build_repertoire(&self) -> Result<Option<Prompts>, Mistake> {
        let place = self.popularity.as_ref().map_or(&self.repeats.place, |popularity| &popularity.place);
        let wrong = |what: String| Mistake::error(place, what).label("no such popularity");
        let weights = match self.popularity.as_deref() {
            None => zipf(&ZIPF),
            Some(PopularitySpec::Zipf(spec)) => zipf(spec),
            Some(PopularitySpec::Uniform(RepertoireSpec { prompts })) => count(*prompts).map(|prompts| vec![1.0; prompts]),
            Some(PopularitySpec::Weights(weights)) => Ok(weights.iter().map(|(_, weight)| *weight).collect()),
        }
        .map_err(wrong)?;
        let popularity = Alias::new(&weights).map_err(|no| wrong(no.0.to_owned()))?;
        if self.repeats.threshold() == 0 {
            return Ok(None);
        }
        let cacheable = Share::new(self.repeats.get() * self.cacheable.get()).unwrap_or(Share::NONE);
        Ok(Some(Prompts::new(self.repeats.threshold(), cacheable.threshold(), popularity, weights.len() as u16)))
    }

    /// The categories; without any, all prompts are ordinary.
    pub(super) fn build_categories(&self) -> Result<Categories, Mistake> {
        self.categories.as_ref().map_or_else(|| Ok(Categories::default()), Categories::new)
    }
}

/// The weight of the k-th prompt is k to the power of minus the exponent.
fn zipf(spec: &ZipfSpec) -> Result<Vec<f64>, String> {
    if !(0.0..=100.0).contains(&spec.exponent) {
        return Err("the exponent must be from 0 to 100".to_owned());
    }
    Ok((1..=count(spec.prompts)?).map(|rank| libm::pow(rank as f64, -spec.exponent)).collect())
}

fn count(prompts: u32) -> Result<usize, String> {
    let most = TemplateId::MOST;
    let within = u16::try_from(prompts).ok().filter(|prompts| *prompts > 0).map(usize::from);
    within.ok_or_else(|| format!("a repertoire has 1 to {most} prompts"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Mistakes, Reader, Sources, parse};

    fn read(text: &str) -> PromptsSpec {
        let node = parse(text, Sources::new().add("a.toml", text), &mut Mistakes::new());
        PromptsSpec::read(&node, &mut Reader::new()).expect("valid")
    }

    #[test]
    fn a_repertoire_is_as_large_as_it_is_written() {
        let templates = |text: &str| read(text).build_repertoire().map(|prompts| prompts.map(|known| known.templates()));
        assert_eq!(templates("").expect("valid"), None);
        assert_eq!(templates("repeats = \"5%\"").expect("valid"), Some(1000));
        assert_eq!(templates("repeats = \"5%\"\npopularity.uniform.prompts = 65535").expect("valid"), Some(65_535));
        assert_eq!(templates("repeats = \"5%\"\npopularity.weights = { a = 1, b = 0.5 }").expect("valid"), Some(2));
    }

    #[test]
    fn popularity_is_proportional_to_a_power_of_the_rank() {
        let weights = zipf(&ZipfSpec { prompts: 3, exponent: 0.5 }).expect("valid");
        for (weight, expected) in weights.iter().zip([1.0, 0.5_f64.sqrt(), (1.0_f64 / 3.0).sqrt()]) {
            assert!((weight - expected).abs() < 1e-15, "{weights:?}");
        }
    }

    #[test]
    fn what_is_no_popularity_is_refused_even_where_nothing_repeats() {
        let what = |text: &str| read(&format!("popularity.{text}")).build_repertoire().expect_err(text).what;
        for prompts in ["0", "65536"] {
            assert_eq!(what(&format!("zipf.prompts = {prompts}")), "a repertoire has 1 to 65535 prompts");
            assert_eq!(what(&format!("uniform.prompts = {prompts}")), "a repertoire has 1 to 65535 prompts");
        }
        assert_eq!(what("zipf = { prompts = 2, exponent = -0.1 }"), "the exponent must be from 0 to 100");
        assert_eq!(what("weights = { a = 1, b = -1 }"), "a weight must not be negative");
        assert_eq!(what("weights = {}"), "the weights must not all be zero");
    }

    #[test]
    fn categories_have_their_names() {
        let build = |text: &str| read(text).build_categories();
        assert_eq!(build("categories = { privacy = \"2%\", nsfw = \"98%\" }").expect("valid").names(), ["privacy", "nsfw"]);
        assert_eq!(build("").expect("valid"), Categories::default());
    }
}
