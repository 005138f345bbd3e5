//! Which unknown billing rules have to be answered together, found from what they meet in.

use super::billing::{Doubt, Rule};
use super::market::Owner;
use super::{Deployment, Doubts, Group};

/// More rules meet than can be told apart: these, by number.
pub(super) type TooMany = Vec<usize>;

/// Puts rules into groups. Until now every rule is a group of its own, by its number; from now on deployments and owners know
/// the groups that they belong to.
pub(super) fn group(deployments: &mut [Deployment], owners: &mut [Owner], rules: usize) -> Result<Doubts, TooMany> {
    let mut sets = Sets { parents: (0..rules + owners.len()).collect() };
    let depends = |owners: &[Owner], owner: &u16| !owners[usize::from(*owner)].terms.keep_apart();
    for deployment in &*deployments {
        let all: Vec<usize> = deployment.billing.rules().into_iter().filter_map(number).collect();
        // What comes late is billed where two rules say so.
        if number(&deployment.billing.timed_out).is_some() {
            all.iter().skip(1).for_each(|rule| sets.join(all[0], *rule));
        }
        let met = deployment.more.iter().flat_map(|more| &more.owners).filter(|owner| depends(owners, owner));
        let met: Vec<usize> = met.map(|owner| rules + usize::from(*owner)).collect();
        if let Some(first) = met.first() {
            met.iter().chain(&all).for_each(|other| sets.join(*first, *other));
        }
    }
    let groups = sets.groups(rules);
    if let Some(large) = groups.iter().find(|group| group.len() > Group::MOST) {
        return Err(large.clone());
    }
    let of_rule = |rule: usize| {
        let group = groups.iter().position(|group| group.contains(&rule)).expect("every rule is in a group");
        let bit = groups[group].iter().position(|other| *other == rule).expect("it is in this group");
        Doubt { group: group as u16, rules: 1 << bit }
    };
    for (number, owner) in owners.iter_mut().enumerate() {
        let root = sets.root(rules + number);
        owner.group = (0..rules).find(|rule| sets.root(*rule) == root).map(|rule| of_rule(rule).group);
    }
    for deployment in deployments {
        for rule in deployment.billing.rules_mut() {
            rule.doubt = number(rule).map(of_rule);
        }
        if let Some(more) = &mut deployment.more {
            more.group = more.owners.iter().find_map(|owner| owners[usize::from(*owner)].group);
        }
    }
    Ok(Doubts::new(groups))
}

/// The number of the unknown rule that a rule depends on, while each is a group of its own.
fn number(rule: &Rule) -> Option<usize> {
    rule.doubt.map(|doubt| usize::from(doubt.group))
}

/// Disjoint sets of numbers.
struct Sets {
    parents: Vec<usize>,
}

impl Sets {
    fn root(&self, mut number: usize) -> usize {
        while self.parents[number] != number {
            number = self.parents[number];
        }
        number
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }

    /// The sets of the first `rules` numbers, in the order of their first.
    fn groups(&self, rules: usize) -> Vec<Vec<usize>> {
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for rule in 0..rules {
            let root = self.root(rule);
            match groups.iter_mut().find(|(known, _)| *known == root) {
                Some((_, group)) => group.push(rule),
                None => groups.push((root, vec![rule])),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_joined_along_chains() {
        let mut sets = Sets { parents: (0..6).collect() };
        for (a, b) in [(4, 1), (3, 5), (5, 4)] {
            sets.join(a, b);
        }
        assert_eq!(sets.groups(5), [vec![0], vec![1, 3, 4], vec![2]]);
        assert_eq!(sets.groups(0), [[0_usize; 0]; 0]);
    }
}
