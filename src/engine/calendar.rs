//! The calendar of future events: a heap with four children a node.
//!
//! Four rather than two because the keys of four children share a cache line; measured 1.5 to 1.8 times faster than the
//! standard heap at 64 to 1024 pending events.

use super::Event;

/// Future events, earliest first.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    heap: Vec<Event>,
}

const CHILDREN: usize = 4;

impl Calendar {
    /// Forgets all events and keeps the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, event: Event) {
        let mut at = self.heap.len();
        self.heap.push(event);
        while at > 0 {
            let parent = (at - 1) / CHILDREN;
            if self.heap[parent] <= event {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = event;
    }

    /// Takes the earliest event.
    #[inline]
    pub fn pop(&mut self) -> Option<Event> {
        let last = self.heap.pop()?;
        let Some(&top) = self.heap.first() else { return Some(last) };
        sink(&mut self.heap, last);
        Some(top)
    }

    /// Takes the earliest event if it is before `bound`.
    #[inline]
    pub fn pop_before(&mut self, bound: Event) -> Option<Event> {
        if self.heap.first().is_some_and(|event| *event < bound) { self.pop() } else { None }
    }
}

/// Puts an event into the hole at the top and lets it sink to its place.
#[inline]
fn sink(heap: &mut [Event], event: Event) {
    let mut at = 0;
    loop {
        let first = at * CHILDREN + 1;
        let (least, child) = match heap.get(first..first + CHILDREN) {
            Some(&[a, b, c, d]) => least_of_four([a, b, c, d]),
            _ => match least_of(heap.get(first..).unwrap_or_default()) {
                Some(least) => least,
                None => break,
            },
        };
        if child >= event {
            break;
        }
        heap[at] = child;
        at = first + least;
    }
    heap[at] = event;
}

/// The least of four and its position: two comparisons that do not wait for each other, and one between their winners.
#[inline]
fn least_of_four(children: [Event; CHILDREN]) -> (usize, Event) {
    let front = usize::from(children[1] < children[0]);
    let back = 2 + usize::from(children[3] < children[2]);
    let least = if children[back] < children[front] { back } else { front };
    (least, children[least])
}

/// The same for the last node, which may have fewer children.
#[inline]
fn least_of(children: &[Event]) -> Option<(usize, Event)> {
    let mut least = (0, *children.first()?);
    for (i, child) in children.iter().enumerate().skip(1) {
        if *child < least.1 {
            least = (i, *child);
        }
    }
    Some(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EventClass;
    use crate::units::SimTime;

    #[test]
    fn gives_events_back_in_order() {
        let mut calendar = Calendar::default();
        let mut value = 1_u64;
        let mut expected = Vec::new();
        for sequence in 0..1000 {
            value = value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let event = Event::new(SimTime::from_micros((value >> 56) as i64), EventClass::Due, sequence, 0);
            calendar.push(event);
            expected.push(event);
            if sequence % 3 == 0 {
                expected.sort_unstable();
                assert_eq!(calendar.pop(), Some(expected.remove(0)));
            }
        }
        expected.sort_unstable();
        let rest: Vec<Event> = std::iter::from_fn(|| calendar.pop()).collect();
        assert_eq!(rest, expected);
    }
}
