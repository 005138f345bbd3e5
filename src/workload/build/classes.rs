//! Classes as they are drawn from.

use super::law;
use super::shapes::Shapes;
use crate::dist::Alias;
use crate::model::{Inputs, Shape};
use crate::spec::{Located, Mistake, Named};
use crate::units::{ImageSize, Share};
use crate::workload::spec::CountSpec;
use crate::workload::{Class, ClassSpec, Classes, Count, WorkloadSpec};

impl WorkloadSpec {
    pub(super) fn build_classes(&self, shapes: &mut Shapes) -> Result<Classes, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let all: Vec<Option<Class>> = self
            .classes
            .iter()
            .map(|(_, spec)| self.build_class(spec, shapes).map_err(|mistake| mistakes.push(mistake)).ok())
            .collect();
        let choice = self.shares().map_err(|mistake| mistakes.push(mistake)).ok();
        match (choice, all.into_iter().collect::<Option<Box<[Class]>>>()) {
            (Some(choice), Some(all)) => Ok(Classes { all, shares: choice }),
            _ => Err(mistakes),
        }
    }

    /// All shares, which must make 100 %.
    fn shares(&self) -> Result<Alias, Mistake> {
        let place = &self.classes.place;
        let no_choice = |what: &str| Mistake::error(place, what).label("these classes");
        if self.classes.is_empty() || self.classes.len() > 1000 {
            return Err(no_choice("a workload has 1 to 1000 classes"));
        }
        // A column of the recording says the class of each row.
        let recorded = self.recorded.is_some();
        if self.classes.len() == 1 || recorded {
            return Alias::new(&vec![1.0; self.classes.len()]).map_err(|wrong| no_choice(wrong.0));
        }
        let share = |(name, class): (&Located<String>, &ClassSpec)| match &class.share {
            Some(share) => Ok(share.get()),
            None => {
                Err(Mistake::error(&name.place, format!("class \"{}\" has no share", &**name)).label("one of several classes"))
            }
        };
        let shares = self.classes.iter().map(|(name, class)| share((name, class))).collect::<Result<Vec<f64>, _>>()?;
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(no_choice(&format!("the shares of the classes make {}%, not 100%", (sum * 1e6).round() / 1e4)));
        }
        Alias::new(&shares).map_err(|wrong| no_choice(wrong.0))
    }

    fn build_class(&self, spec: &ClassSpec, shapes: &mut Shapes) -> Result<Class, Mistake> {
        let last = shapes.id(spec.shape(spec.size, spec.quality.clone())?);
        let tokens = law(&spec.prompt_tokens.law(), &spec.prompt_tokens.place)?;
        Ok(Class { draft: shapes.draft(last, self.journey.as_ref()), last, images: count(&spec.n)?, tokens })
    }
}

impl ClassSpec {
    /// The shape of this class's images in this size and quality.
    pub(super) fn shape(&self, size: ImageSize, quality: String) -> Result<Shape, Mistake> {
        let wrong = |_| Mistake::error(&self.input_images.place, "input_images must be from 0 to 255").label("out of range");
        let count = u8::try_from(*self.input_images).map_err(wrong)?;
        let extras = self.extras.clone().unwrap_or_default();
        let inputs = (count > 0).then(|| Inputs { count, size: self.input_size.unwrap_or(size) });
        Ok(Shape { steps: self.steps, inputs, service: self.service, extras, ..Shape::new(size, quality) })
    }
}

fn count(spec: &Located<CountSpec>) -> Result<Count, Mistake> {
    let wrong = |what: &str| Mistake::error(&spec.place, what).label("no such number of images");
    let number = |n: u32| u8::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| wrong("n must be from 1 to 255"));
    match &**spec {
        CountSpec::Fixed(n) => number(*n).map(Count::Fixed),
        CountSpec::Weights(weights) => {
            let entries: &Named<Share> = weights;
            let parse =
                |name: &Located<String>| name.parse::<u32>().map_err(|_| wrong("the keys of weights are numbers of images"));
            let counts = entries.iter().map(|(name, _)| number(parse(name)?)).collect::<Result<Box<[u8]>, _>>()?;
            let shares: Vec<f64> = entries.iter().map(|(_, share)| share.get()).collect();
            let sum: f64 = shares.iter().sum();
            if (sum - 1.0).abs() > 1e-9 {
                return Err(wrong(&format!("the weights of n make {}%, not 100%", (sum * 1e6).round() / 1e4)));
            }
            let choice = Alias::new(&shares).map_err(|e| wrong(e.0))?;
            Ok(Count::Drawn { choice, counts })
        }
    }
}
