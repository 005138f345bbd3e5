//! A scenario with its unknown inputs drawn: for a replication, a plan of its own.

use std::path::Path;

use super::compile::{Compiled, OpenFile, compile_redrawn};
use super::load::{Loaded, directory, read};
use super::misses::Misses;
use super::uncertain::put;
use crate::spec::{Mistake, Mistakes, Node, Place};

/// A scenario's tree as it is read, and what else its reader needs.
#[derive(Debug, Clone)]
pub(super) struct Redraw {
    pub(super) tree: Node,
    pub(super) aliases: Vec<String>,
    pub(super) misses: Misses,
}

impl Loaded {
    /// The plan of one replication, with its draws of the inputs that are not known. `base` is what medians give; `path` is the
    /// scenario's, and `open` opens what it names. Recorded traffic is not read again, since no input of the workload may be
    /// unknown beside it.
    ///
    /// # Errors
    /// What is wrong with the values that were drawn; draws that change which models there are.
    pub fn redrawn(&self, replication: u32, base: &Compiled, path: &Path, open: OpenFile<'_>) -> Result<Compiled, Vec<Mistake>> {
        let Some(redraw) = &self.redraw else { return Ok(base.clone()) };
        let mut tree = redraw.tree.clone();
        put(&mut tree, &self.inputs, self.scenario.seed, replication);
        let mut mistakes = Mistakes::new();
        let Some(scenario) = read(&tree, &redraw.aliases, false, &mut mistakes).filter(|_| !mistakes.has_errors()) else {
            return Err(mistakes.into_sorted());
        };
        let of_workload = self.inputs.iter().any(|input| input.is_of("workload"));
        let workload = (!of_workload).then(|| base.built.clone());
        let drawn = compile_redrawn(&scenario, &redraw.misses, workload, directory(path), open)?;
        if base.is_like(&drawn) {
            return Ok(drawn);
        }
        let place = self.inputs.first().map_or_else(|| Place::whole(redraw.tree.place.file), |input| input.place().clone());
        let mistake = Mistake::error(&place, "what is drawn changes which models are asked, or whose billing is unknown");
        Err(vec![mistake.label("or another of the uncertain inputs").help("compare such cases as strategies or as scenarios")])
    }
}
