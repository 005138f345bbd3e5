//! A choice among a few alternatives by weight.

/// Picks an index in proportion to its weight with one uniform word: the alias method of A. J. Walker, "An efficient
/// method for generating discrete random variables with general distributions", ACM TOMS 3 (1977), in the table
/// construction of M. D. Vose (1991).
///
/// The same bits give the same index whatever else is drawn. Two tables of the same weights are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Per cell: the threshold below which the cell's own index is taken, and the alias taken otherwise.
    cells: Box<[(u32, u16)]>,
}

/// Why weights give no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWeights(pub &'static str);

impl Alias {
    /// The choice with these weights, which need not sum to one.
    ///
    /// # Errors
    /// No weight at all, more than 65 535, a negative or infinite one, or a sum of zero.
    pub fn new(weights: &[f64]) -> Result<Self, NotWeights> {
        if weights.len() > usize::from(u16::MAX) {
            return Err(NotWeights("there are more than 65 535 alternatives"));
        }
        if weights.iter().any(|w| !(*w >= 0.0 && w.is_finite())) {
            return Err(NotWeights("a weight must not be negative"));
        }
        let total: f64 = weights.iter().sum();
        if total <= 0.0 || !total.is_finite() {
            return Err(NotWeights("the weights must not all be zero"));
        }
        Ok(Self { cells: cells(weights, total) })
    }

    /// The index for 32 uniform bits.
    #[inline]
    pub fn pick(&self, bits: u32) -> usize {
        let product = u64::from(bits) * self.cells.len() as u64;
        let (cell, rest) = ((product >> 32) as usize, product as u32);
        let (threshold, alias) = self.cells[cell];
        if rest < threshold { cell } else { usize::from(alias) }
    }

    /// The probability of each index, as [`pick`](Self::pick) has it.
    pub fn shares(&self) -> Vec<f64> {
        let each = 1.0 / self.cells.len() as f64;
        let mut shares = vec![0.0; self.cells.len()];
        for (cell, &(threshold, alias)) in self.cells.iter().enumerate() {
            let own = f64::from(threshold) / 4_294_967_296.0;
            shares[cell] += each * own;
            shares[usize::from(alias)] += each * (1.0 - own);
        }
        shares
    }
}

fn cells(weights: &[f64], total: f64) -> Box<[(u32, u16)]> {
    let n = weights.len();
    let mut scaled: Vec<f64> = weights.iter().map(|w| w * n as f64 / total).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| scaled[i] < 1.0);
    let mut cells: Vec<(u32, u16)> = (0..n).map(|i| (u32::MAX, i as u16)).collect();
    while let (Some(low), Some(&high)) = (small.pop(), large.last()) {
        cells[low] = ((scaled[low] * 4_294_967_295.0) as u32, high as u16);
        scaled[high] -= 1.0 - scaled[low];
        if scaled[high] < 1.0 {
            large.pop();
            small.push(high);
        }
    }
    cells.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_in_proportion() {
        let alias = Alias::new(&[5.0, 3.0, 0.0, 2.0]).expect("valid");
        let mut counts = [0_u32; 4];
        let step = 4_294_967;
        for i in 0..1000_u32 {
            counts[alias.pick(i * step + step / 2)] += 1;
        }
        assert_eq!(counts[2], 0);
        for (count, expected) in counts.iter().zip([500, 300, 0, 200]) {
            assert!(count.abs_diff(expected) <= 3, "{counts:?}");
        }
    }

    #[test]
    fn shares_are_those_of_the_weights() {
        for weights in [&[1.0][..], &[1.0, 3.0], &[0.0, 0.5, 2.0, 7.5]] {
            let total: f64 = weights.iter().sum();
            let shares = Alias::new(weights).expect("weights").shares();
            assert!(shares.iter().zip(weights).all(|(share, weight)| (share - weight / total).abs() < 1e-8), "{shares:?}");
        }
    }

    #[test]
    fn refuses_what_gives_no_choice() {
        for wrong in [&[][..], &[0.0], &[-1.0, 2.0], &[f64::NAN]] {
            assert!(Alias::new(wrong).is_err(), "{wrong:?} was accepted");
        }
    }
}
