//! Coalescing: of equal requests under way at once, the first leads and the others wait for it.
//!
//! They have its images where it is delivered; where it is lost, the next in line leads. Every request that has joined leaves
//! exactly once.

use super::index::{Index, NO_KEY};

/// Equal requests under way.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// Who leads, by key.
    leaders: Index,
    /// By number of the request.
    places: Vec<Place>,
}

/// A request's place in line.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Whose line; [`NO_KEY`] for none.
    key: u64,
    /// Who is next in line, or [`NOBODY`].
    next: u32,
    /// For a leader: who is last in line, maybe itself.
    last: u32,
}

const NOBODY: u32 = u32::MAX;
const APART: Place = Place { key: NO_KEY, next: NOBODY, last: NOBODY };

impl Default for Lines {
    fn default() -> Self {
        Self { leaders: Index::new(), places: Vec::new() }
    }
}

impl Lines {
    /// Forgets everything and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.leaders.clear();
        self.places.clear();
    }

    fn place(&mut self, number: u32) -> &mut Place {
        &mut self.places[number as usize]
    }

    /// A request joins the line of its key: whether it leads.
    pub(super) fn join(&mut self, number: u32, key: u64) -> bool {
        if self.places.len() <= number as usize {
            self.places.resize(number as usize + 1, APART);
        }
        *self.place(number) = Place { key, next: NOBODY, last: number };
        let Some(leader) = self.leaders.get(key) else {
            self.leaders.set(key, number);
            return true;
        };
        let last = std::mem::replace(&mut self.place(leader).last, number);
        self.place(last).next = number;
        false
    }

    /// The leader is delivered: the line is over, and who waited is told of.
    pub(super) fn delivered(&mut self, leader: u32, mut waited: impl FnMut(u32)) {
        let Some(Place { key, mut next, .. }) = self.places.get(leader as usize).copied().filter(|place| place.key != NO_KEY)
        else {
            return;
        };
        self.leaders.remove(key);
        *self.place(leader) = APART;
        while next != NOBODY {
            waited(next);
            next = std::mem::replace(self.place(next), APART).next;
        }
    }

    /// A request leaves its line: who leads now, where it led and somebody waits.
    pub(super) fn leave(&mut self, number: u32) -> Option<u32> {
        let Place { key, next, last } = *self.places.get(number as usize).filter(|place| place.key != NO_KEY)?;
        *self.place(number) = APART;
        let leader = self.leaders.get(key)?;
        if leader != number {
            let mut before = leader;
            while self.place(before).next != number {
                before = self.place(before).next;
            }
            self.place(before).next = next;
            if next == NOBODY {
                self.place(leader).last = before;
            }
            return None;
        }
        if next == NOBODY {
            self.leaders.remove(key);
            return None;
        }
        self.leaders.set(key, next);
        self.place(next).last = last;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivered(lines: &mut Lines, leader: u32) -> Vec<u32> {
        let mut all = Vec::new();
        lines.delivered(leader, |number| all.push(number));
        all
    }

    #[test]
    fn the_first_leads_and_the_others_follow() {
        let mut lines = Lines::default();
        assert_eq!([5, 2, 9, 0].map(|number| lines.join(number, 7)), [true, false, false, false]);
        assert!(lines.join(3, 8));
        assert_eq!(delivered(&mut lines, 5), [2, 9, 0]);
        assert!(delivered(&mut lines, 5).is_empty() && delivered(&mut lines, 44).is_empty());
        assert_eq!((lines.join(9, 7), delivered(&mut lines, 3)), (true, vec![]));
    }

    #[test]
    fn where_the_leader_is_lost_the_next_leads() {
        let mut lines = Lines::default();
        (0..6).for_each(|number| _ = lines.join(number, 7));
        assert_eq!([3, 5].map(|number| lines.leave(number)), [None, None]);
        assert_eq!([0, 0].map(|number| lines.leave(number)), [Some(1), None]);
        assert!(!lines.join(8, 7));
        assert_eq!(delivered(&mut lines, 1), [2, 4, 8]);
        assert!(lines.join(1, 7));
        assert_eq!(lines.leave(1), None);
        assert!(lines.join(2, 7));
    }
}
