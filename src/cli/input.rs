//! Scenarios from the file system to a plan, with their mistakes shown.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::Failure;
use super::output::note;
use super::provenance;
use crate::engine::Plan;
use crate::experiment::{Draw, DrawnInput, InputFile, Listed, Plans};
use crate::gate::{self, Gate, Known};
use crate::scenario::{self, Compiled, Input, Loaded, Overrides, Refused};
use crate::spec::{Mistake, Severity, Sources, render};

/// A scenario that can be run.
#[derive(Debug)]
pub(super) struct Ready {
    /// What the file says.
    pub(super) loaded: Loaded,
    /// What it means.
    pub(super) compiled: Compiled,
    /// The files that it was made from besides its own and the built-in price books.
    pub(super) inputs: Vec<InputFile>,
    /// The conditions that its results have to meet.
    pub(super) gates: Vec<Gate>,
    /// Where the scenario is.
    file: PathBuf,
    /// The hash of its plan, once it is asked for.
    hash: OnceLock<String>,
}

impl Ready {
    /// The hash of its plan: of a large recording that takes a while, so it is made once.
    pub(super) fn plan_hash(&self) -> &str {
        self.hash.get_or_init(|| provenance::plan_hash(&self.compiled.plan, &self.loaded.inputs))
    }

    /// The plans of the replications: one for all where everything is known.
    pub(super) fn plans<'p>(&'p self, draw: &'p Draw<'p>) -> Plans<'p> {
        self.plans_of(&self.compiled.plan, draw)
    }

    /// The same of a plan that was made from this scenario's.
    pub(super) fn plans_of<'p>(&self, plan: &'p Plan, draw: &'p Draw<'p>) -> Plans<'p> {
        if self.loaded.inputs.is_empty() { Plans::One(plan) } else { Plans::Drawn(plan, draw) }
    }

    /// The mean number of journeys of a replication, where all have the same and it is known.
    pub(super) fn expected_journeys(&self) -> Option<f64> {
        let known = !self.loaded.inputs.iter().any(|input| input.is_of("workload"));
        self.compiled.plan.workload.expected_journeys().filter(|_| known)
    }

    /// The mean of what these journeys would cost at list prices, in USD, by strategy, where that is known.
    pub(super) fn expected_listed(&self) -> Vec<Option<f64>> {
        let plan = &self.compiled.plan;
        let of = |strategy| self.expected_journeys().and_then(|_| Listed::of(plan, strategy)?.expected(&plan.workload));
        (0..plan.strategies.len()).map(of).collect()
    }

    /// The plan of one replication, with what is drawn of the inputs that are not known.
    ///
    /// # Errors
    /// What does not fit, as a text that shows where, with all that was drawn.
    pub(super) fn redrawn(&self, replication: u32) -> Result<Compiled, String> {
        let unopened = |_: &Path| Err(io::ErrorKind::NotFound.into());
        self.loaded.redrawn(replication, &self.compiled, &self.file, &unopened).map_err(|mistakes| {
            let drawn = self
                .loaded
                .inputs
                .iter()
                .map(|input| format!("drawn: {} = {}\n", input.path, input.text(self.loaded.scenario.seed, replication)));
            drawn.collect::<String>() + &render(&self.loaded.sources, &mistakes, true)
        })
    }

    /// The inputs that are not known: the path of each, and what is said of it.
    pub(super) fn uncertain(&self) -> Vec<(String, String)> {
        self.loaded.inputs.iter().map(|input| (input.path.clone(), input.said.clone())).collect()
    }

    /// The inputs that are not known, with what is drawn of them in the first replications.
    pub(super) fn drawn(&self, replications: u32) -> Vec<DrawnInput> {
        let seed = self.loaded.scenario.seed;
        let each = |input: &Input| DrawnInput {
            path: input.path.clone(),
            said: input.said.clone(),
            values: (0..replications).map(|replication| input.text(seed, replication)).collect(),
        };
        self.loaded.inputs.iter().map(each).collect()
    }
}

/// Loads and compiles a scenario, and shows its mistakes and warnings.
pub(super) fn prepare(file: &Path, sets: &Overrides) -> Result<Ready, Failure> {
    prepare_with_gates(file, sets, &[])
}

/// The same with more gates than the scenario has, whose mistakes are shown with all others.
pub(super) fn prepare_with_gates(file: &Path, sets: &Overrides, gates: &[String]) -> Result<Ready, Failure> {
    let ready = read(file, sets, gates).map_err(|(sources, mistakes)| {
        show(&sources, &mistakes);
        refuse(file, &mistakes)
    })?;
    show(&ready.loaded.sources, &ready.loaded.warnings);
    Ok(ready)
}

/// The same without showing anything.
pub(super) fn attempt(file: &Path, sets: &Overrides) -> Result<Ready, Refused> {
    read(file, sets, &[])
}

fn read(file: &Path, sets: &Overrides, gates: &[String]) -> Result<Ready, Refused> {
    let directory = file.parent().unwrap_or(Path::new(""));
    let inputs = RefCell::new(Vec::new());
    let open = |path: &Path| {
        let (stream, input) = open(path, directory)?;
        // Shapes may be looked for in a recording before it is read whole.
        if !inputs.borrow().contains(&input) {
            inputs.borrow_mut().push(input);
        }
        Ok(stream)
    };
    let read = |path: &Path| {
        let bytes = std::fs::read(path)?;
        if path != file {
            inputs.borrow_mut().push(input(path, directory, Sha256::new_with_prefix(&bytes)));
        }
        Ok(bytes)
    };
    let ready = scenario::load_and_compile(file, sets, &read, &open);
    let (mut loaded, compiled) = ready.map_err(|(mut sources, mut mistakes)| {
        gate::given(gates, None, &mut sources, &mut mistakes);
        (sources, mistakes)
    })?;
    let scenario = &loaded.scenario;
    let known = Known { strategies: compiled.strategies.clone(), budget: scenario.budget.is_some() };
    let given = gate::given(gates, Some(known), &mut loaded.sources, &mut loaded.warnings);
    let gates = [scenario.gates(), &given].concat();
    if loaded.warnings.iter().any(|mistake| mistake.severity == Severity::Error) {
        return Err((loaded.sources, loaded.warnings));
    }
    Ok(Ready { loaded, compiled, inputs: inputs.into_inner(), gates, file: file.to_owned(), hash: OnceLock::new() })
}

/// Opens a file that results depend on, and notes what it holds.
fn open(path: &Path, directory: &Path) -> io::Result<(Box<dyn Read>, InputFile)> {
    let mut stream = File::open(path)?;
    let mut hash = Sha256::new();
    io::copy(&mut stream, &mut Hashing(&mut hash))?;
    stream.rewind()?;
    Ok((Box::new(stream), input(path, directory, hash)))
}

fn input(path: &Path, directory: &Path, hash: Sha256) -> InputFile {
    let name = path.strip_prefix(directory).unwrap_or(path).display().to_string();
    InputFile { name, sha256: hex(hash) }
}

/// A hash as something to write to.
pub(super) struct Hashing<'a>(pub(super) &'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A finished hash in hex.
pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Shows mistakes on standard error.
fn show(sources: &Sources, mistakes: &[Mistake]) {
    if !mistakes.is_empty() {
        // It ends with a line feed, so that an empty line follows.
        note(&render(sources, mistakes, true));
    }
}

/// Says how many mistakes there are.
fn refuse(file: &Path, mistakes: &[Mistake]) -> Failure {
    let count = mistakes.iter().filter(|mistake| mistake.severity == Severity::Error).count();
    let plural = if count == 1 { "mistake" } else { "mistakes" };
    note(&format!("{}: {count} {plural}", file.display()));
    Failure::Explained
}
