//! Repertoires and categories of prompts as they are drawn from.

use crate::dist::Alias;
use crate::spec::{Located, Mistake, Named};
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

    /// The categories and their names, the first of which is category 1.
    pub(super) fn build_categories(&self) -> Result<(Categories, Vec<String>), Mistake> {
        let Some(given) = &self.categories else { return Ok((Categories::default(), Vec::new())) };
        let categories: &Named<Share> = given;
        if categories.len() > usize::from(u8::MAX) {
            return Err(Mistake::error(&given.place, "there are more than 255 categories").label("these categories"));
        }
        let shares = categories.iter().map(|(_, share)| share.get());
        let sums: Vec<f64> = shares
            .scan(0.0, |sum, share| {
                *sum += share;
                Some(*sum)
            })
            .collect();
        let all = sums.last().copied().unwrap_or(0.0);
        if all > 1.0 + 1e-9 {
            let what = format!("the categories make {}%, more than 100%", (all * 1e6).round() / 1e4);
            return Err(Mistake::error(&given.place, what).label("what they leave of 100% are ordinary prompts"));
        }
        let upto = sums.into_iter().map(|sum| Share::new(sum).unwrap_or(Share::ALL).threshold()).collect();
        let names = categories.iter().map(|(name, _): &(Located<String>, Share)| name.to_string()).collect();
        Ok((Categories::new(upto), names))
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
