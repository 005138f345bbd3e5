//! The unknown billing rules of a market, in groups: which have to be answered together.
//!
//! What a rule adds to the invoice depends on no other rule, unless both matter to one attempt, or to one balance, quota or
//! tier: charges that are billed on the same terms move each other. Such rules form a group, and each set of its rules that
//! may bill is a case with an invoice of its own. Between groups amounts add up.

use crate::model::CaseId;

/// The unknown billing rules of a market.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubts {
    groups: Box<[Group]>,
    /// By case, whether all rules of its group bill.
    whole: Box<[bool]>,
}

/// Unknown rules that have to be answered together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The first case in which any of them bills.
    first: u16,
    /// The rules, by number.
    rules: Box<[usize]>,
}

impl Group {
    /// The most rules of a group: what it costs doubles with each.
    pub const MOST: usize = 8;

    /// The rules, by number.
    pub const fn rules(&self) -> &[usize] {
        &self.rules
    }

    /// All sets of its rules, as bits in their order, but for the empty one.
    pub fn sets(&self) -> std::ops::Range<usize> {
        1..1 << self.rules.len()
    }

    /// The case in which just these rules bill, of which there is one at least.
    #[inline]
    pub const fn case(&self, set: usize) -> CaseId {
        CaseId(self.first + set as u16 - 1)
    }

    /// Those of its rules that bill under these answers, by rule.
    pub fn set_of(&self, billed: &[bool]) -> usize {
        let bits = self.rules.iter().enumerate().filter(|(_, rule)| billed.get(**rule) == Some(&true));
        bits.map(|(bit, _)| 1 << bit).sum()
    }
}

impl Doubts {
    /// Rules in these groups, by number; none has more than [`Group::MOST`].
    pub fn new(groups: Vec<Vec<usize>>) -> Self {
        let mut whole: Vec<bool> = Vec::new();
        let mut group = |rules: Vec<usize>| {
            let group = Group { first: whole.len() as u16, rules: rules.into() };
            whole.extend(group.sets().map(|set| set + 1 == group.sets().end));
            group
        };
        let groups = groups.into_iter().map(&mut group).collect();
        Self { groups, whole: whole.into() }
    }

    /// The groups, by number.
    pub const fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How many cases there are in which something unknown bills.
    pub const fn cases(&self) -> usize {
        self.whole.len()
    }

    /// By case, whether all rules of its group bill in it.
    pub const fn whole(&self) -> &[bool] {
        &self.whole
    }

    /// The cases that hold together under these answers, by rule.
    pub fn cases_if<'a>(&'a self, billed: &'a [bool]) -> impl Iterator<Item = CaseId> + 'a {
        let case = |group: &'a Group| Some(group.set_of(billed)).filter(|set| *set > 0).map(|set| group.case(set));
        self.groups.iter().filter_map(case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_a_group_is_a_case() {
        let doubts = Doubts::new(vec![vec![0], vec![1, 3, 4], vec![2]]);
        assert_eq!(doubts.cases(), 1 + 7 + 1);
        let all: Vec<u16> = doubts.groups().iter().flat_map(|group| group.sets().map(|set| group.case(set).0)).collect();
        assert_eq!(all, (0..9).collect::<Vec<u16>>());
        let whole: Vec<u16> = all.into_iter().filter(|case| doubts.whole()[usize::from(*case)]).collect();
        assert_eq!(whole, [0, 7, 8]);
    }

    #[test]
    fn answers_pick_one_case_a_group() {
        let doubts = Doubts::new(vec![vec![0], vec![1, 3, 4], vec![2]]);
        let cases = |billed: [bool; 5]| doubts.cases_if(&billed).map(|case| case.0).collect::<Vec<u16>>();
        assert_eq!(cases([false; 5]), [0; 0]);
        assert_eq!(cases([true; 5]), [0, 7, 8]);
        // Rules 3 and 4 are bits 1 and 2: set 6, the sixth case of the group, which begins with case 1.
        assert_eq!(cases([false, false, true, true, true]), [6, 8]);
        assert_eq!(Doubts::default().cases_if(&[]).count(), 0);
    }
}
