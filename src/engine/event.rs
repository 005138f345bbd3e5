//! Events and the order of those that happen at the same time.

use crate::units::SimTime;

/// What an event is. At the same instant the order is that of this list: completions before releases before what the
/// client waited for before what users ask next before arrivals; events of one class are first come, first served.
///
/// So an attempt that ends in the very instant in which another arrives has made room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum EventClass {
    /// An attempt ends for the client. The number is the slot of its journey.
    Completion = 0,
    /// A provider is done with an attempt that its client gave up. The number is the deployment.
    Release = 1,
    /// A client has waited long enough. The number is the slot.
    Due = 2,
    /// A user sends the next request of a journey. The number is the slot.
    Ask = 3,
    /// A journey arrives. Arrivals are sorted already and stay out of the calendar.
    Arrival = 4,
}

/// An event as a 16-byte key that sorts as events happen: time (48 bits of microseconds, 8.9 years), class, sequence
/// number (45 bits), number of what it is about (32 bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event(u128);

const TIME: u32 = 80;
const CLASS: u32 = 77;
const SEQUENCE: u32 = 32;
const LAST: i64 = (1 << 48) - 1;

impl Event {
    /// The end of the calendar.
    pub const END: SimTime = SimTime::from_micros(LAST);

    /// The event with the given place in the order.
    #[inline]
    pub const fn new(at: SimTime, class: EventClass, sequence: u64, number: u32) -> Self {
        // What lies beyond the calendar happens at its end, in the order of the sequence.
        let at = if at.micros() > LAST { LAST } else { at.micros() };
        let key = (at as u128) << TIME | (class as u128) << CLASS;
        Self(key | (sequence as u128) << SEQUENCE | number as u128)
    }

    /// When it happens.
    #[inline]
    pub const fn at(self) -> SimTime {
        SimTime::from_micros((self.0 >> TIME) as i64)
    }

    /// What it is.
    #[inline]
    pub const fn class(self) -> EventClass {
        match (self.0 >> CLASS) as u8 & 7 {
            0 => EventClass::Completion,
            1 => EventClass::Release,
            2 => EventClass::Due,
            3 => EventClass::Ask,
            _ => EventClass::Arrival,
        }
    }

    /// What it is about.
    #[inline]
    pub const fn number(self) -> u32 {
        self.0 as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simultaneous_events_happen_in_the_order_of_their_class_then_first_come_first_served() {
        let at = SimTime::from_micros(5);
        let expected = [
            Event::new(SimTime::from_micros(4), EventClass::Arrival, 9, 0),
            Event::new(at, EventClass::Completion, 7, 1),
            Event::new(at, EventClass::Completion, 8, 0),
            Event::new(at, EventClass::Release, 0, 0),
            Event::new(at, EventClass::Due, 0, 0),
            Event::new(at, EventClass::Ask, 0, 0),
            Event::new(at, EventClass::Arrival, 0, 0),
            Event::new(SimTime::from_micros(6), EventClass::Completion, 0, 0),
        ];
        let mut shuffled = expected;
        shuffled.reverse();
        shuffled.sort_unstable();
        assert_eq!(shuffled, expected);
    }

    #[test]
    fn keeps_its_parts() {
        let event = Event::new(SimTime::from_micros(123_456), EventClass::Due, (1 << 45) - 1, u32::MAX);
        assert_eq!((event.at().micros(), event.class(), event.number()), (123_456, EventClass::Due, u32::MAX));
    }
}
