//! Repeated prompts: which journeys repeat which, and that no other draw depends on it.

use spendcast::random::{Key, Purpose};
use spendcast::workload::{Generator, Journey, Progress, Workload};

use crate::fixture::{compile, plain};

const MODEL: &str = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"";

/// The workload of a scenario with these prompts.
fn workload(prompts: &str) -> Workload {
    let text = plain(r#"poisson.rate = "1/s""#, "1d", 1, MODEL, "");
    let class = "size = \"1024x1024\"\nprompt_tokens.uniform = { low = 10, high = 500 }";
    let text = text.replace("size = \"1024x1024\"", class);
    compile(&format!("{text}\n{prompts}")).0.plan.workload
}

fn journeys(workload: &Workload, replication: u32) -> Vec<Journey> {
    let (mut generator, mut chunk, mut all) = (Generator::new(), Vec::with_capacity(1000), Vec::new());
    generator.begin(workload, 7, replication);
    loop {
        generator.fill(workload, &mut chunk);
        if chunk.is_empty() {
            return all;
        }
        all.extend(chunk.iter().map(|arrival| arrival.journey));
    }
}

#[test]
fn repeats_move_no_other_draw() {
    let own = journeys(&workload(""), 0);
    let with = journeys(&workload("[workload.prompts]\nrepeats = \"25%\""), 0);
    assert_eq!(own.len(), with.len());
    for (own, with) in own.iter().zip(&with) {
        assert!(own.template.is_none() && !own.cacheable);
        let unrepeated = Journey { template: None, cacheable: false, prompt: own.prompt, tokens: own.tokens, ..*with };
        assert_eq!(*own, unrepeated);
        assert!(with.template.is_some() || own == with);
    }
    let none = "[workload.prompts]\nrepeats = \"0%\"\npopularity.uniform.prompts = 10";
    assert_eq!(own, journeys(&workload(none), 0));
}

#[test]
fn shares_are_those_that_were_given() {
    let text = r#"
[workload.prompts]
repeats = "30%"
cacheable = "40%"
popularity.weights = { cat = 3, dog = 0, bird = 1 }
"#;
    let all = journeys(&workload(text), 0);
    let check = |what: &str, share: f64, of: &dyn Fn(&Journey) -> bool| {
        let (n, count) = (all.len() as f64, all.iter().filter(|journey| of(journey)).count() as f64);
        let error = (n * share * (1.0 - share)).sqrt();
        assert!((count - n * share).abs() <= 4.5 * error, "{what}: {count} of {n}, not {share}");
    };
    let index = |journey: &Journey| journey.template.map(spendcast::workload::TemplateId::index);
    check("repeats", 0.3, &|journey| journey.template.is_some());
    check("cacheable", 0.12, &|journey| journey.cacheable && journey.template.is_some());
    check("cat", 0.225, &|journey| index(journey) == Some(0));
    check("dog", 0.0, &|journey| index(journey) == Some(1));
    check("cacheable birds", 0.03, &|journey| index(journey) == Some(2) && journey.cacheable);
}

/// The same prompt is the same to every filter and in every bill, until the user changes it; in another replication it is
/// another.
#[test]
fn one_prompt_has_one_wording() {
    let text = "[workload.prompts]\nrepeats = \"50%\"\npopularity.zipf = { prompts = 20 }";
    let workload = workload(text);
    let all = journeys(&workload, 0);
    let wording = |all: &[Journey], template: usize| {
        let same = all.iter().filter(|journey| journey.template.is_some_and(|id| id.index() == template));
        let mut wordings: Vec<(u64, u32)> = same.map(|journey| (journey.prompt, journey.tokens)).collect();
        wordings.dedup();
        assert_eq!(wordings.len(), 1, "prompt {template} has several wordings");
        wordings[0]
    };
    let mut wordings: Vec<(u64, u32)> = (0..20).map(|template| wording(&all, template)).collect();
    wordings.sort_unstable();
    wordings.dedup();
    assert_eq!(wordings.len(), 20);
    assert_ne!(wording(&all, 0), wording(&journeys(&workload, 1), 0));

    let prompts = Key::new(7, 0, Purpose::Prompt);
    let first = Progress::first(workload.first_stage());
    let journey = all.iter().find(|journey| journey.cacheable).expect("some are cacheable");
    assert_eq!((first.template(journey), first.cacheable(journey)), (journey.template, true));
    let reroll = Progress { round: 1, ..first };
    assert_eq!((reroll.template(journey), reroll.cacheable(journey)), (journey.template, false));
    let changed = Progress { revision: 1, ..first };
    assert_eq!((changed.template(journey), changed.cacheable(journey)), (None, false));
    assert_ne!(changed.prompt(journey, prompts), journey.prompt);
}
