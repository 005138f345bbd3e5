//! A part of an amount, without overflow for any amount that a simulation can hold.

use crate::units::Usd;

/// `amount * part / whole`, rounded half to even to the picodollar. Where the product is beyond 128 bits (amounts of more
/// than 9 million USD divided into 2^63 parts), the ratio is first cut to as many bits as fit.
///
/// # Panics
/// If `whole` is zero.
#[inline]
pub(super) fn proportion(amount: Usd, part: u64, whole: u64) -> Usd {
    let (mut cut_part, mut cut_whole) = (part, whole);
    while amount.picos().checked_mul(i128::from(cut_part)).is_none() {
        cut_part >>= 1;
        cut_whole = (cut_whole >> 1).max(1);
    }
    amount.times_ratio(cut_part, cut_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_for_real_amounts_and_never_overflows() {
        let picos = |picos| Usd::from_picos(picos);
        assert_eq!(proportion(picos(10), 1, 4), picos(2));
        assert_eq!(proportion(picos(10), 3, 4), picos(8));
        assert_eq!(proportion(picos(1_000_000_000_000), 1, 3), picos(333_333_333_333));
        let most = picos(i128::MAX / 2);
        assert_eq!(proportion(most, u64::MAX, u64::MAX), most);
    }
}
