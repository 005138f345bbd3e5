//! From the written workload to the one that journeys are drawn from.

mod classes;
mod prompts;
mod replay;
mod shapes;

use std::collections::BTreeSet;

use super::{Arrivals, Categories, Journeys, Prompts, Recording, Source, Span, Thinning, Workload, WorkloadSpec};
use crate::dist::{Law, QuantileTable};
use crate::model::{ClassId, Shape, ShapeId, Stage};
use crate::spec::{Located, Mistake};
use crate::units::{Share, SimTime};
use shapes::Shapes;

/// Opens an input file by its name in the scenario.
pub type Open<'a> = &'a dyn Fn(&str) -> std::io::Result<Box<dyn std::io::Read>>;

/// A workload and what it asks for.
#[derive(Debug, Clone)]
pub struct Built {
    /// The workload.
    pub workload: Workload,
    /// Names of the classes, by id.
    pub classes: Vec<String>,
    /// The shapes that can be asked for, by id.
    pub shapes: Vec<Shape>,
    /// Which class can ask for which shape at which stage.
    pub asked: Vec<Asked>,
    /// What became of recorded traffic.
    pub recording: Option<Recording>,
}

/// A class can ask for a shape at a stage, for so many images at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The class.
    pub class: ClassId,
    /// Whether as a final (and not as a draft).
    pub is_final: bool,
    /// The shape.
    pub shape: ShapeId,
    /// The most images of one request.
    pub images: u8,
}

impl WorkloadSpec {
    /// The stages that requests can have.
    pub fn stages(&self) -> &'static [Stage] {
        if self.journey.is_some() { &Stage::ALL } else { &[Stage::Final] }
    }

    /// The words for quality that classes ask in; `None` where a recording has words of its own.
    pub fn qualities(&self) -> Option<BTreeSet<&str>> {
        if self.recorded.as_ref().is_some_and(|recorded| recorded.quality.is_some()) {
            return None;
        }
        let drafts = self.journey.as_ref().and_then(|journey| journey.draft_quality.as_deref());
        Some(self.classes.iter().map(|(_, class)| class.quality.as_str()).chain(drafts).collect())
    }

    /// Whether a request can ever be served from what was made before.
    pub fn repeats(&self) -> bool {
        self.prompts.as_ref().is_some_and(|prompts| prompts.repeats.get() > 0.0 && prompts.cacheable.get() > 0.0)
    }

    /// The shapes that can be asked for, as far as can be told: what is wrong is found when the workload is built. A recording is
    /// only opened where it has sizes or qualities of its own.
    pub fn shapes(&self, span: &Span, open: Open<'_>) -> Vec<Shape> {
        let mut shapes = Shapes::default();
        let told = self.build_classes(&mut shapes).is_ok();
        if let Some(recorded) = self.recorded.as_ref().filter(|of| told && (of.size.is_some() || of.quality.is_some())) {
            let _ = recorded.build(self, span, &mut shapes, open);
        }
        shapes.into_vec()
    }

    /// The workload over this span. `open` gives the recorded file.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn build(&self, span: &Span, open: Open<'_>) -> Result<Built, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut shapes = Shapes::default();
        let classes = self.build_classes(&mut shapes).map_err(|found| mistakes.extend(found));
        let journeys = self.build_journeys().map_err(|found| mistakes.extend(found));
        let source = self.build_source(span, &mut shapes, open).map_err(|found| mistakes.extend(found));
        let prompts = self.build_prompts().map_err(|found| mistakes.extend(found));
        let (Ok(classes), Ok(journeys), Ok(prompts), Ok((source, recording))) = (classes, journeys, prompts, source) else {
            return Err(mistakes);
        };
        let (prompts, categories) = prompts;
        let (keep, horizon) = (Thinning::to(self.keep), SimTime::START + span.horizon);
        let workload = Workload { source, keep, classes, journeys, prompts, categories, horizon };
        let asked = asked(&workload);
        let names = self.classes.iter().map(|(name, _)| name.to_string()).collect();
        Ok(Built { workload, classes: names, shapes: shapes.into_vec(), asked, recording })
    }

    fn build_source(
        &self,
        span: &Span,
        shapes: &mut Shapes,
        open: Open<'_>,
    ) -> Result<(Source, Option<Recording>), Vec<Mistake>> {
        match (&self.arrivals, &self.recorded) {
            (Some(arrivals), None) => {
                let arrivals: Arrivals = arrivals.build(span).map_err(|mistake| vec![mistake])?;
                Ok((Source::Drawn(arrivals), None))
            }
            (None, Some(recorded)) => {
                let read = recorded.build(self, span, shapes, open).map_err(|mistake| vec![mistake])?;
                Ok((Source::Recorded(read.0), Some(read.1)))
            }
            (both, _) => {
                let what = "a workload takes either `arrivals` or `recorded`";
                let label = if both.is_some() { "has both" } else { "has neither" };
                Err(vec![Mistake::error(&self.classes.place, what).label(format!("the workload of these classes {label}"))])
            }
        }
    }

    fn build_prompts(&self) -> Result<(Option<Prompts>, Categories), Vec<Mistake>> {
        let Some(spec) = &self.prompts else { return Ok((None, Categories::default())) };
        match (spec.build_repertoire(), spec.build_categories()) {
            (Ok(prompts), Ok(categories)) => Ok((prompts, categories)),
            (prompts, categories) => Err(prompts.err().into_iter().chain(categories.err()).collect()),
        }
    }

    fn build_journeys(&self) -> Result<Option<Journeys>, Vec<Mistake>> {
        let Some(spec) = &self.journey else { return Ok(None) };
        let mut mistakes = Vec::new();
        let mut count = |given: &Located<u32>, most: u8, what: &str| {
            let found = u8::try_from(**given).ok().filter(|n| (1..=most).contains(n));
            if found.is_none() {
                let what = format!("{what} must be from 1 to {most}");
                mistakes.push(Mistake::error(&given.place, what).label("out of range"));
            }
            found.unwrap_or(1)
        };
        let rounds = count(&spec.rounds, u8::MAX, "rounds");
        let at_most = spec.after_error.as_ref().map_or(0, |after| count(&after.at_most, 100, "at_most"));
        let think = law(&spec.think_time.law(), &spec.think_time.place).map_err(|mistake| mistakes.push(mistake));
        let Some(think) = think.ok().filter(|_| mistakes.is_empty()) else { return Err(mistakes) };
        Ok(Some(Journeys {
            rounds,
            wants_final: spec.final_share.threshold(),
            think,
            new_prompt: spec.new_prompt.threshold(),
            again: spec.after_error.as_ref().map_or(Share::NONE, |after| after.again).threshold(),
            at_most,
        }))
    }
}

fn law(law: &Result<Law, String>, place: &crate::spec::Place) -> Result<QuantileTable, Mistake> {
    match law {
        Ok(law) => Ok(QuantileTable::new(*law)),
        Err(what) => Err(Mistake::error(place, what.clone()).label("no such distribution")),
    }
}

/// Which class can ask for which shape: by the classes, and by every recorded row.
fn asked(workload: &Workload) -> Vec<Asked> {
    let drafts = workload.journeys.is_some();
    let finals = workload.journeys.as_ref().is_none_or(|journeys| journeys.wants_final > 0);
    let mut most = std::collections::BTreeMap::<(ClassId, bool, ShapeId), u8>::new();
    let mut note = |class: ClassId, [draft, last]: [ShapeId; 2], images: u8| {
        for (is_final, shape) in [drafts.then_some((false, draft)), finals.then_some((true, last))].into_iter().flatten() {
            let known = most.entry((class, is_final, shape)).or_default();
            *known = images.max(*known);
        }
    };
    for (class, of) in (0_u16..).map(ClassId).zip(&workload.classes.all) {
        note(class, [of.draft, of.last], of.images.most());
    }
    if let Source::Recorded(replay) = &workload.source {
        for row in replay.rows() {
            let class = &workload.classes.all[row.class().index()];
            let shapes = row.shape().map_or([class.draft, class.last], |shape| [replay.draft(shape), shape]);
            note(row.class(), shapes, row.images().unwrap_or_else(|| class.images.most()));
        }
    }
    most.into_iter().map(|((class, is_final, shape), images)| Asked { class, is_final, shape, images }).collect()
}
