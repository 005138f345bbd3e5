//! Which of a router's targets an attempt may go to.

/// A set of positions in a router's list of targets: at most 64 of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Among(u64);

impl Among {
    /// The most targets that a router may have.
    pub const MOST: usize = 64;

    /// None.
    pub const NONE: Self = Self(0);

    /// The first so many, at most 64.
    #[inline]
    pub const fn first(count: usize) -> Self {
        Self(if count >= Self::MOST { u64::MAX } else { (1 << count) - 1 })
    }

    /// Whether the target at this position is in it.
    #[inline]
    pub const fn has(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }

    /// With this one too.
    #[inline]
    #[must_use]
    pub const fn with(self, position: usize) -> Self {
        Self(self.0 | 1 << position)
    }

    /// Without all of the others.
    #[inline]
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Those for which it holds.
    #[inline]
    #[must_use]
    pub fn only(self, holds: impl Fn(usize) -> bool) -> Self {
        self.iter().filter(|at| holds(*at)).fold(Self::NONE, Self::with)
    }

    /// This, or the other where this is empty.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        if self.0 == 0 { other } else { self }
    }

    /// Whether there is none.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[inline]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The lowest position; 64 where there is none.
    #[inline]
    pub const fn lowest(self) -> usize {
        self.0.trailing_zeros() as usize
    }

    /// Positions, from the lowest.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = usize> + Clone {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let position = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(position)
        })
    }

    /// So many positions from this one on, counted from there.
    #[inline]
    #[must_use]
    pub const fn part(self, from: usize, count: usize) -> Self {
        Self(if from >= Self::MOST { 0 } else { self.0 >> from & Self::first(count).0 })
    }

    /// The same, so many positions further on; none of them beyond the 64th.
    #[inline]
    #[must_use]
    pub const fn moved(self, by: usize) -> Self {
        Self(if by >= Self::MOST { 0 } else { self.0 << by })
    }

    /// With all of the others.
    #[inline]
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The first of those with the least value.
    ///
    /// # Panics
    /// If there is none.
    #[inline]
    pub fn least(self, value: impl Fn(usize) -> f64) -> usize {
        let values = self.iter().map(|at| (at, value(at)));
        let (least, _) =
            values.reduce(|least, next| if next.1 < least.1 { next } else { least }).expect("one of those that are there");
        least
    }

    /// The one that a number from 0 to below 1 chooses, in proportion to weights that are not negative: the last where all weigh
    /// nothing.
    ///
    /// # Panics
    /// If there is none.
    #[inline]
    pub fn draw(self, number: f64, weight: impl Fn(usize) -> f64) -> usize {
        let mut left = number * self.iter().map(&weight).sum::<f64>();
        let mut last = self.lowest();
        for at in self.iter() {
            last = at;
            left -= weight(at);
            if left < 0.0 {
                break;
            }
        }
        assert!(last < Self::MOST, "one of those that are there");
        last
    }

    /// The one that 32 uniform bits choose where all are equally likely.
    ///
    /// # Panics
    /// If there is none.
    #[inline]
    pub fn any(self, bits: u32) -> usize {
        let nth = (u64::from(bits) * self.len() as u64) >> 32;
        self.iter().nth(nth as usize).expect("one of those that are there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_positions() {
        let set = Among::first(5).without(Among::NONE.with(0).with(3));
        assert_eq!((set.iter().collect::<Vec<_>>(), set.len(), set.lowest()), (vec![1, 2, 4], 3, 1));
        assert_eq!(set.only(|at| at > 1).iter().collect::<Vec<_>>(), [2, 4]);
        assert_eq!((Among::first(64).len(), Among::first(0).is_empty(), Among::NONE.lowest()), (64, true, 64));
        assert_eq!(Among::NONE.or(set), set);
    }

    #[test]
    fn parts_move_to_and_fro() {
        let set = Among::NONE.with(1).with(4).with(63);
        assert_eq!(set.part(1, 4), Among::NONE.with(0).with(3));
        assert_eq!((set.part(60, 4), set.part(64, 1)), (Among::NONE.with(3), Among::NONE));
        assert_eq!(set.part(1, 4).moved(1).and(Among::NONE.with(63)), set);
    }

    #[test]
    fn the_first_of_the_least_and_a_draw_by_weight() {
        let set = Among::NONE.with(1).with(2).with(5);
        assert_eq!((set.least(|at| if at == 1 { 2.0 } else { 1.0 }), set.least(|_| 0.0)), (2, 1));
        let drawn = |number| set.draw(number, |at| if at == 2 { 0.0 } else { 1.0 });
        assert_eq!((drawn(0.0), drawn(0.49), drawn(0.5), drawn(0.999)), (1, 1, 5, 5));
    }

    #[test]
    fn any_of_three_takes_a_third_of_the_bits_each() {
        let set = Among::NONE.with(1).with(2).with(60);
        let third = u32::MAX / 3;
        assert_eq!([0, third, third + 1, 2 * third + 1, u32::MAX].map(|bits| set.any(bits)), [1, 1, 2, 60, 60]);
    }
}
