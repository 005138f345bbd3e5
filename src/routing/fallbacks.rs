//! Fallbacks: which group comes next when the attempts in one are used up.
//!
//! The rules are those of LiteLLM's Router (1.106.2, `router.py`, `async_function_with_fallbacks_common_utils`, and
//! `router_utils/fallback_event_handlers.py`): a group's higher orders first, then its list; a fallback without a list of its
//! own resumes that of the group that was asked for first; nothing is tried twice for one request; what fails deep down may fall
//! back again, down to a depth. It decides where to go and knows nothing of attempts.

use crate::model::Status;
use crate::spec::{self, Located, Mistake, Named};

/// A group's attempts, at all of its orders or at a certain one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Run {
    /// The group.
    pub group: u8,
    /// The only order that counts, from 0; `None`: the lowest that is there.
    pub order: Option<u8>,
}

/// Which group comes after which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fallbacks {
    /// How many orders each group has.
    orders: Box<[u8]>,
    /// By group, after any error; `None` where a group has no list.
    general: Lists,
    /// By group, where the content filter refused; `None` where refusals are errors like any other.
    policy: Option<Lists>,
    /// How deep fallbacks may fall back.
    depth: u8,
}

/// Lists of groups by group, and one for all others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lists {
    of: Box<[Option<Box<[u8]>>]>,
    default: Option<Box<[u8]>>,
}

impl Lists {
    /// The list of a group, else that of the group asked for first, else that for all.
    fn of(&self, group: u8, origin: u8) -> Option<&[u8]> {
        let own = |group: u8| self.of.get(usize::from(group))?.as_deref();
        own(group).or_else(|| own(origin)).or(self.default.as_deref())
    }
}

/// The deepest that fallbacks can fall back, and the deepest that may be asked for.
pub const DEEPEST: usize = 8;

/// What may be tried at most: groups and orders, all counted.
pub const MOST_ENTRIES: usize = 64;

/// A list under way: what is left of it, and what the group said that has it.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// The group whose attempts failed.
    group: u8,
    /// Its order to try next, from 0; at the end of its orders, none.
    order: u8,
    /// Whose list it is, and which; the next entry.
    policy: bool,
    list: bool,
    entry: u8,
    /// How deep it is; grows with each entry.
    depth: u8,
    /// What the group's own attempts ended with, and the last entry's.
    own: Status,
    last: Status,
    /// Whether the last error comes out where all fails, and not the group's own.
    shows_last: bool,
}

/// The way of one request through groups.
#[derive(Debug, Clone, Copy, Default)]
pub struct Walk {
    levels: [Level; DEEPEST + 1],
    deep: u8,
    origin: u8,
    /// Groups by number, then orders by group, as bits.
    tried: u64,
}

impl Walk {
    /// The way of a request for this group.
    pub fn new(origin: u8) -> Self {
        Self { origin, ..Self::default() }
    }

    /// Where to go after a run has ended with an error; otherwise what the request ends with.
    ///
    /// # Errors
    /// The status to end with, where nothing is left.
    pub fn after(&mut self, fallbacks: &Fallbacks, run: Run, error: Status) -> Result<Run, Status> {
        if !self.descends(fallbacks, run, error)
            && let Some(level) = self.innermost()
        {
            level.last = error;
        }
        let mut error = error;
        while self.deep > 0 {
            if let Some(next) = self.next(fallbacks) {
                return Ok(next);
            }
            let level = self.levels[usize::from(self.deep) - 1];
            error = if level.shows_last { level.last } else { level.own };
            self.deep -= 1;
            if let Some(outer) = self.innermost() {
                outer.last = error;
            }
        }
        Err(error)
    }

    fn innermost(&mut self) -> Option<&mut Level> {
        self.levels[..usize::from(self.deep)].last_mut()
    }

    /// Begins the list of a group whose attempts failed; `false` where it has none, or is too deep.
    fn descends(&mut self, fallbacks: &Fallbacks, Run { group, order }: Run, error: Status) -> bool {
        let depth = self.innermost().map_or(0, |level| level.depth);
        let orders = fallbacks.orders.get(usize::from(group)).copied().unwrap_or(0);
        let by_order = orders > 1 && error != Status::Filtered;
        let policy = !by_order && error == Status::Filtered && fallbacks.policy.is_some();
        let lists = if policy { fallbacks.policy.as_ref() } else { Some(&fallbacks.general) };
        let list = lists.is_some_and(|lists| lists.of(group, self.origin).is_some());
        let order = if by_order { order.unwrap_or(0) + 1 } else { orders };
        if depth >= fallbacks.depth || !(list || order < orders) {
            return false;
        }
        // An order that is aimed at has failed on its own; so has the group, which no list may name again.
        self.tried |= 1 << group;
        let shows_last = by_order;
        self.levels[usize::from(self.deep)] =
            Level { group, order, policy, list, entry: 0, depth, own: error, last: error, shows_last };
        self.deep += 1;
        true
    }

    /// The next entry of the innermost list that was not tried yet.
    fn next(&mut self, fallbacks: &Fallbacks) -> Option<Run> {
        let origin = self.origin;
        let level = &mut self.levels[usize::from(self.deep) - 1];
        let lists = if level.policy { fallbacks.policy.as_ref()? } else { &fallbacks.general };
        let list = if level.list { lists.of(level.group, origin).unwrap_or_default() } else { &[] };
        loop {
            let run = if level.order < fallbacks.orders[usize::from(level.group)] {
                level.order += 1;
                Run { group: level.group, order: Some(level.order - 1) }
            } else {
                let group = *list.get(usize::from(level.entry))?;
                level.entry += 1;
                Run { group, order: None }
            };
            let bit = 1 << fallbacks.entry(run);
            if self.tried & bit == 0 {
                self.tried |= bit;
                level.depth += 1;
                return Some(run);
            }
        }
    }
}

impl Fallbacks {
    /// No fallbacks between groups with so many orders each.
    pub fn none(orders: Vec<u8>) -> Self {
        Self { orders: orders.into(), depth: 5, ..Self::default() }
    }

    /// Whether any group may ever be followed by another, or another order.
    pub fn lead_anywhere(&self) -> bool {
        let any = |lists: &Lists| lists.default.is_some() || lists.of.iter().any(Option::is_some);
        any(&self.general) || self.policy.as_ref().is_some_and(any) || self.orders.iter().any(|orders| *orders > 1)
    }

    /// Whether refusals by the content filter go their own way.
    pub const fn sets_refusals_apart(&self) -> bool {
        self.policy.is_some()
    }

    /// The groups that attempts may reach from this one.
    pub fn reach(&self, from: u8) -> u64 {
        let mut reached = 1_u64 << from;
        loop {
            let before = reached;
            for group in (0..self.orders.len() as u8).filter(|group| before & (1 << group) != 0) {
                let lists = [Some(&self.general), self.policy.as_ref()].into_iter().flatten();
                let next = lists.filter_map(|lists| lists.of(group, from)).flatten();
                reached = next.fold(reached, |bits, group| bits | 1 << group);
            }
            if reached == before {
                return reached;
            }
        }
    }

    /// The number of what a run would be: groups first, then their orders one after the other.
    fn entry(&self, run: Run) -> u32 {
        let Some(order) = run.order else { return u32::from(run.group) };
        let before: u32 = self.orders[..usize::from(run.group)].iter().map(|orders| u32::from(*orders)).sum();
        self.orders.len() as u32 + before + u32::from(order)
    }
}

spec::table! {
    /// Which groups come after which.
    pub struct FallbacksSpec {
        /// After any error, by group, in order; "*" for the groups without a list of their own.
        general: Option<Named<Vec<Located<String>>>>,
        /// Where the content filter refused, by group, in order. Where it is given at all, refusals take no other way, and a
        /// group without a list gives up.
        content_policy: Option<Named<Vec<Located<String>>>>,
        /// How deep fallbacks may fall back: 0 to 8.
        depth: Located<u32> = 5,
    }
}

impl FallbacksSpec {
    /// The fallbacks between these groups with so many orders each.
    ///
    /// # Errors
    /// Unknown groups, too many groups and orders, a depth out of range.
    pub(super) fn build(&self, groups: &[&str], orders: Vec<u8>) -> Result<Fallbacks, Mistake> {
        let depth = u8::try_from(*self.depth).ok().filter(|depth| usize::from(*depth) <= DEEPEST);
        let depth = depth.ok_or_else(|| Mistake::error(&self.depth.place, "a depth is from 0 to 8").label("out of range"))?;
        let entries = groups.len() + orders.iter().map(|orders| usize::from(*orders)).sum::<usize>();
        if entries > MOST_ENTRIES {
            let what = format!("{entries} groups and orders in all are more than a request can try");
            return Err(Mistake::error(&self.depth.place, what).label("of this strategy").help("64 at most"));
        }
        let lists = |named: &Option<Named<_>>| named.as_ref().map(|named| lists(named, groups)).transpose();
        let general = lists(&self.general)?.unwrap_or_default();
        Ok(Fallbacks { orders: orders.into(), general, policy: lists(&self.content_policy)?, depth })
    }
}

/// The number of the group that has this name.
///
/// # Errors
/// None has it.
pub(super) fn group(name: &Located<String>, groups: &[&str]) -> Result<u8, Mistake> {
    let found = groups.iter().position(|group| *group == name.value);
    found.map(|at| at as u8).ok_or_else(|| spec::unknown_name(&name.place, "group", name, groups))
}

fn lists(named: &Named<Vec<Located<String>>>, groups: &[&str]) -> Result<Lists, Mistake> {
    let find = |name: &Located<String>| group(name, groups);
    let mut lists = Lists { of: vec![None; groups.len()].into(), default: None };
    for (name, list) in named {
        if let Some(itself) = list.iter().find(|next| next.value == name.value) {
            let mistake = Mistake::error(&itself.place, format!("group \"{}\" falls back to itself", &**itself));
            return Err(mistake.label("never tried again").help("further attempts in a group are `retry.attempts`"));
        }
        let list = list.iter().map(find).collect::<Result<Box<[u8]>, Mistake>>()?;
        if name.value == "*" {
            lists.default = Some(list);
        } else {
            lists.of[usize::from(find(name)?)] = Some(list);
        }
    }
    Ok(lists)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Delivered, Failed, Filtered, RateLimited};

    fn fallbacks(general: &[(u8, &[u8])], policy: Option<&[(u8, &[u8])]>, orders: &[u8]) -> Fallbacks {
        let lists = |entries: &[(u8, &[u8])]| {
            let mut of = vec![None; orders.len()];
            for (group, list) in entries {
                of[usize::from(*group)] = Some((*list).into());
            }
            Lists { of: of.into(), default: None }
        };
        Fallbacks { orders: orders.into(), general: lists(general), policy: policy.map(lists), depth: 5 }
    }

    /// Where a request for group 0 goes while these errors come, one per run, and what it ends with.
    fn way(fallbacks: &Fallbacks, errors: &[Status]) -> (Vec<(u8, Option<u8>)>, Status) {
        let (mut walk, mut run, mut way) = (Walk::new(0), Run::default(), vec![(0, None)]);
        for error in errors {
            match walk.after(fallbacks, run, *error) {
                Ok(next) => run = next,
                Err(last) => return (way, last),
            }
            way.push((run.group, run.order));
        }
        (way, Delivered)
    }

    #[test]
    fn walks_a_list_and_shows_the_first_groups_error() {
        let list = fallbacks(&[(0, &[1, 2])], None, &[1, 1, 1]);
        assert_eq!(way(&list, &[Failed, RateLimited, Filtered]), (vec![(0, None), (1, None), (2, None)], Failed));
    }

    #[test]
    fn a_fallback_goes_by_its_own_list_or_resumes_the_first() {
        let own = fallbacks(&[(0, &[1]), (1, &[2])], None, &[1, 1, 1]);
        assert_eq!(way(&own, &[Failed; 3]), (vec![(0, None), (1, None), (2, None)], Failed));
        // The list resumed has no entry left but what was tried, and that is not tried again.
        let resumed = fallbacks(&[(0, &[1, 2])], None, &[1, 1, 1]);
        assert_eq!(way(&resumed, &[Failed, Failed, Failed]).0.len(), 3);
    }

    #[test]
    fn orders_come_before_the_list_and_show_the_last_error() {
        let ordered = fallbacks(&[(0, &[1])], None, &[3, 1]);
        let expected = vec![(0, None), (0, Some(1)), (0, Some(2)), (1, None)];
        assert_eq!(way(&ordered, &[Failed, Failed, Failed, RateLimited]), (expected, RateLimited));
    }

    #[test]
    fn refusals_take_their_own_way_or_none() {
        let apart = fallbacks(&[(0, &[1])], Some(&[(0, &[2])]), &[1, 1, 1]);
        assert_eq!(way(&apart, &[Filtered]).0, [(0, None), (2, None)]);
        let none = fallbacks(&[(0, &[1])], Some(&[(1, &[2])]), &[1, 1, 1]);
        assert_eq!(way(&none, &[Filtered]), (vec![(0, None)], Filtered));
        let together = fallbacks(&[(0, &[1])], None, &[1, 1]);
        assert_eq!(way(&together, &[Filtered]).0, [(0, None), (1, None)]);
    }

    #[test]
    fn goes_no_deeper_than_it_may() {
        let chain: Vec<(u8, &[u8])> = vec![(0, &[1]), (1, &[2]), (2, &[3])];
        let shallow = Fallbacks { depth: 2, ..fallbacks(&chain, None, &[1; 4]) };
        assert_eq!(way(&shallow, &[Failed; 9]), (vec![(0, None), (1, None), (2, None)], Failed));
        assert_eq!((shallow.reach(0), shallow.reach(2)), (0b1111, 0b1100));
    }
}
