//! From a path to a scenario that has passed every check, and on to its plan; or to all its mistakes.

use std::path::Path;

use crate::gate;
use crate::provider::parts;
use crate::routing::{ClassName, ModelName, profile};
use crate::spec::{Data, Field, Mistake, Mistakes, Node, Reader, Sources};

use super::aliases;
use super::asking::Asking;
use super::catalogues::{Books, Catalogue, SHARED};
use super::compile::{Compiled, OpenFile, compile_with_catalogues, without_models};
use super::file::{self, ReadFile};
use super::floating;
use super::idle::idle;
use super::like;
use super::misses::Misses;
use super::models::Models;
use super::redraw::Redraw;
use super::set::{self, Setting};
use super::spec::{Scenario, StrategyName};
use super::swayed::swayed;
use super::uncertain::{self, Input};
use super::unused::unused;
use super::words::Words;

/// Values that replace those of the file: pairs of a dotted path and a value, TOML or else text.
pub type Overrides = [(String, String)];

/// A scenario that was read without an error.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the file says.
    pub scenario: Scenario,
    /// The price books that it uses.
    pub catalogues: Vec<Catalogue>,
    /// The texts that were read, for mistakes that only show later. The first is the scenario.
    pub sources: Sources,
    /// What may not be meant.
    pub warnings: Vec<Mistake>,
    /// The scenario file as it is.
    pub text: String,
    /// The inputs that are not known; their medians stand in `scenario`.
    pub inputs: Vec<Input>,
    /// What draws of them are put into; `None` where everything is known.
    pub(super) redraw: Option<Redraw>,
}

/// Reads a scenario with its catalogues, after the overrides are put in place. Recorded files are not opened: of sizes that only
/// they have, nothing is taken of a catalogue.
///
/// ```
/// let read_file = |_: &std::path::Path| Ok(spendcast::scenario::STARTER.into());
/// let loaded = spendcast::scenario::load("starter.toml".as_ref(), &[], &read_file).unwrap();
/// assert_eq!(loaded.scenario.seed, 1);
/// ```
///
/// # Errors
/// All mistakes (with the warnings), and the texts that they point into.
pub fn load(path: &Path, sets: &Overrides, read_file: ReadFile<'_>) -> Result<Loaded, Refused> {
    let unopened: OpenFile<'_> = &|_| Err(std::io::ErrorKind::NotFound.into());
    let (readable, sources, mistakes) = attempt(path, sets, read_file, unopened);
    match readable.filter(|_| !mistakes.has_errors()) {
        Some(readable) => Ok(readable.loaded(sources, mistakes)),
        None => Err((sources, mistakes.into_sorted())),
    }
}

/// Reads and compiles a scenario. `open` gives recorded files by path; those of the scenario are relative to it.
///
/// # Errors
/// The mistakes of both stages at once, as far as it can be read at all; as for [`load`] otherwise.
pub fn load_and_compile(
    path: &Path,
    sets: &Overrides,
    read_file: ReadFile<'_>,
    open: OpenFile<'_>,
) -> Result<(Loaded, Compiled), Refused> {
    let (readable, sources, mut mistakes) = attempt(path, sets, read_file, open);
    let compiled = readable.as_ref().and_then(|Readable { scenario, incomplete, misses, .. }| {
        if *incomplete {
            mistakes.extend(without_models(scenario, directory(path), open));
            return None;
        }
        compile_with_catalogues(scenario, misses, directory(path), open).map_err(|found| mistakes.extend(found)).ok()
    });
    match readable.zip(compiled).filter(|_| !mistakes.has_errors()) {
        Some((readable, compiled)) => Ok((readable.loaded(sources, mistakes), compiled)),
        None => Err((sources, mistakes.into_sorted())),
    }
}

/// The texts that were read, and all that is wrong with them.
pub type Refused = (Sources, Vec<Mistake>);

/// A scenario as far as it could be read.
struct Readable {
    scenario: Scenario,
    catalogues: Vec<Catalogue>,
    /// A catalogue could not be read.
    incomplete: bool,
    misses: Misses,
    text: String,
    tree: Node,
    aliases: Vec<String>,
    inputs: Vec<Input>,
    /// What settings say in vain; only worth telling where nothing is wrong, as what is misspelt elsewhere may be what would use it.
    in_vain: Vec<Mistake>,
}

impl Readable {
    fn loaded(self, sources: Sources, mut mistakes: Mistakes) -> Loaded {
        let Self { scenario, catalogues, text, tree, aliases, misses, inputs, in_vain, .. } = self;
        mistakes.extend(in_vain);
        let redraw = (!inputs.is_empty()).then_some(Redraw { tree, aliases, misses });
        Loaded { scenario, catalogues, sources, warnings: mistakes.into_sorted(), text, inputs, redraw }
    }
}

/// The directory that files named in a scenario are relative to.
pub(super) fn directory(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Reads what can be read, whatever the mistakes.
fn attempt(path: &Path, sets: &Overrides, read_file: ReadFile<'_>, open: OpenFile<'_>) -> (Option<Readable>, Sources, Mistakes) {
    let mut sources = Sources::new();
    let mut mistakes = Mistakes::new();
    let Some(mut tree) = file::read(path, None, read_file, &mut sources, &mut mistakes) else {
        return (None, sources, mistakes);
    };
    let text = sources.text(tree.place.file).to_owned();
    let mut settings = set::read(sets, &mut sources, &mut mistakes);
    let mut inputs: Vec<Input> = settings.iter_mut().flat_map(|setting| setting.unknown(&mut mistakes)).collect();
    // What catalogues may hold is set after the merge, so that a path can lead into what they say.
    let (shared, others): (Vec<_>, Vec<_>) = settings.iter().partition(|setting| SHARED.iter().any(|top| setting.is_of(top)));
    for setting in others {
        setting.apply(&mut tree, &mut mistakes);
    }
    inputs.extend(uncertain::find(&mut tree, &mut mistakes));
    let in_directory = |name: &str| open(&directory(path).join(name));
    let mut asking = Asking::of(&tree, &in_directory);
    inputs.iter().flat_map(Input::cases).for_each(|case| asking.add_names(case));
    for setting in &shared {
        setting.names(&mut asking);
    }
    let own = with(&tree, &shared);
    asking.words = Words::read(&own);
    let place = (directory(path), read_file);
    let mut books = Books::read(&tree, &mut asking, place, &mut sources, &mut mistakes);
    let (catalogues, misses) = (std::mem::take(&mut books.used), std::mem::take(&mut books.misses));
    let mut incomplete = books.incomplete;
    books.merge_into(&mut tree, &repriced(&shared), &mut mistakes);
    for setting in shared {
        setting.apply(&mut tree, &mut mistakes);
    }
    incomplete |= !like::resolve(&mut tree, incomplete, &mut mistakes);
    mistakes.extend(floating::ignored(&tree));
    mistakes.extend(floating::empty(&tree));
    for strategy in tree.values_mut("strategies") {
        profile::complete(strategy, &mut sources);
    }
    let aliases = aliases::share(&mut tree, incomplete, &mut mistakes);
    // What a setting replaces is known, or not known in another way.
    inputs.retain(|input| input.is_in(&tree));
    mistakes.extend(inputs.iter().filter_map(|input| not_beside_a_recording(input, &tree)));
    let readable = read(&tree, &aliases, incomplete, &mut mistakes);
    let mut in_vain = Vec::new();
    if let Some(scenario) = &readable {
        let models = Models::of(scenario);
        let models = if incomplete { models.incomplete() } else { models };
        mistakes.extend(idle(&own, &models));
        mistakes.extend(swayed(&models));
        in_vain = unused(&settings, &own, &models);
    }
    let readable =
        readable.map(|scenario| Readable { scenario, catalogues, incomplete, misses, text, tree, aliases, inputs, in_vain });
    (readable, sources, mistakes)
}

/// What the scenario itself says, where these settings are in their places.
fn with(tree: &Node, shared: &[&Setting]) -> Node {
    let mut tree = tree.clone();
    // Settings that lead nowhere are reported when they are put in their places for good.
    for setting in shared {
        setting.apply(&mut tree, &mut Mistakes::new());
    }
    tree
}

/// The models whose price is replaced, and not their price changes.
fn repriced<'a>(of_models: &[&'a Setting]) -> Vec<&'a str> {
    let models = |field| of_models.iter().filter_map(move |setting| setting.of_model(field));
    models("price").filter(|name| !models("price_changes").any(|other| other == *name)).collect()
}

pub(super) fn read(tree: &Node, aliases: &[String], incomplete: bool, mistakes: &mut Mistakes) -> Option<Scenario> {
    let mut reader = Reader::new();
    if !incomplete {
        let models = names(tree.get("models"));
        let mut through = Vec::new();
        tree.get("strategies").into_iter().for_each(|node| reached_through(node, &models, &mut through));
        reader.declare(ModelName::KIND, [&models, &through, aliases].concat());
    }
    reader.declare(StrategyName::KIND, names(tree.get("strategies")));
    reader.declare(ClassName::KIND, names(tree.get("workload").and_then(|workload| workload.get("classes"))));
    gate::declare_budget(&mut reader, tree.get("budget").is_some());
    let scenario = Scenario::read(tree, &mut reader);
    mistakes.extend(reader.into_mistakes().into_sorted());
    if let Some(Err(mistake)) = scenario.as_ref().map(Scenario::first_instant) {
        mistakes.push(mistake);
    }
    scenario
}

/// That an input of the workload is uncertain where the workload is recorded: it would have to be read again for each replication.
fn not_beside_a_recording(input: &Input, tree: &Node) -> Option<Mistake> {
    tree.get("workload")?.get("recorded").filter(|_| input.is_of("workload"))?;
    let mistake = Mistake::error(input.place(), "nothing of a recorded workload can be uncertain").label("beside `recorded`");
    Some(mistake.help("models, accounts, providers, gateways and strategies can be"))
}

/// Every text that names one of the models through a gateway. Whether there is such a gateway is seen when the market is built.
fn reached_through(node: &Node, models: &[String], found: &mut Vec<String>) {
    match &node.data {
        Data::Text(text) => {
            let (model, gateway) = parts(text);
            if gateway.is_some() && models.iter().any(|known| known == model) {
                found.push(text.clone());
            }
        }
        Data::Array(items) => items.iter().for_each(|item| reached_through(item, models, found)),
        Data::Table(entries) => entries.iter().for_each(|(_, value)| reached_through(value, models, found)),
        _ => {}
    }
}

/// The names of a table's entries.
pub(super) fn names(table: Option<&Node>) -> Vec<String> {
    let entries = table.and_then(Node::entries).unwrap_or_default();
    entries.iter().map(|(key, _)| key.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::STARTER;
    use super::*;
    use crate::spec::Severity;

    fn load_text(text: &str, sets: &[(&str, &str)]) -> Result<Loaded, Vec<String>> {
        let sets: Vec<(String, String)> = sets.iter().map(|(path, value)| ((*path).into(), (*value).into())).collect();
        let read_file = |path: &Path| match path.to_str() {
            Some("dir/x.toml") => Ok(text.into()),
            Some("dir/own.toml") => Ok(OWN.into()),
            _ => Err(std::io::ErrorKind::NotFound.into()),
        };
        load(Path::new("dir/x.toml"), &sets, &read_file)
            .map_err(|(_, mistakes)| mistakes.into_iter().map(|mistake| mistake.what).collect())
    }

    const OWN: &str = "title = \"Own\"\nretrieved = 2026-01-01\nsource = \"me\"\n[models.\"own/model\"]\nprice.per_image = \"1 USD\"\n\
         [[models.\"own/model\".price_changes]]\nfrom = 2026-02-01\nprice.per_image = \"2 USD\"\n";

    #[test]
    fn the_starter_loads() {
        let loaded = load_text(STARTER, &[]).expect("no mistakes");
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        assert_eq!(loaded.text, STARTER);
    }

    #[test]
    fn values_are_replaced() {
        let sets = [("replications", "7"), ("horizon", "2d"), ("models.\"qwen/image\".acceptance", "12%")];
        let scenario = load_text(STARTER, &sets).expect("no mistakes").scenario;
        assert_eq!((scenario.replications.0, scenario.horizon.0.to_string().as_str()), (7, "2d"));
        assert!(load_text(STARTER, &[("horizn", "2d")]).expect_err("unknown")[0].contains("horizn"));
    }

    #[test]
    fn a_price_from_the_command_line_is_not_beaten_by_the_catalogues_changes() {
        let changes = |sets: &[(&str, &str)]| {
            let sets = [&[("catalog", "[\"article\", \"./own.toml\"]")], sets].concat();
            let loaded = load_text(STARTER, &sets).expect("no errors");
            loaded.scenario.models.get("own/model").and_then(|model| model.price_changes.as_ref().map(Vec::len))
        };
        let price = ("models.\"own/model\".price.per_image", "3 USD");
        assert_eq!((changes(&[]), changes(&[price])), (Some(1), None));
        assert_eq!(changes(&[price, ("models.\"own/model\".price_changes.0.from", "2026-03-01")]), Some(1));
    }

    #[test]
    fn two_catalogues_are_a_warning() {
        let loaded = load_text(STARTER, &[("catalog", "[\"article\", \"./own.toml\"]")]).expect("no errors");
        assert_eq!(loaded.catalogues.len(), 2);
        assert!(loaded.scenario.models.get("own/model").is_some());
        assert!(loaded.warnings.iter().all(|mistake| mistake.severity == Severity::Warning) && loaded.warnings.len() == 1);
    }

    #[test]
    fn a_date_must_be_in_the_calendar() {
        let mistakes = load_text(STARTER, &[("start", "9999-12-31")]).expect_err("too late");
        assert_eq!(mistakes, ["the calendar ends before the horizon does"]);
    }
}
