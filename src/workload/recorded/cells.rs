//! Numbers in cells, read from bytes: whole numbers that may be written as `"4.0"`, and decimal times.

/// A whole number without a sign; a fraction must be zeros. `None` for anything else and for more than 18 digits.
pub(super) fn whole(text: &[u8]) -> Option<u64> {
    let (digits, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &text[..0]),
    };
    if fraction.iter().any(|byte| *byte != b'0') {
        return None;
    }
    digits_of(digits)
}

/// The value of 1 to 18 digits.
pub(super) fn digits_of(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0_u64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0')))
}

/// A decimal number of units of `unit` nanoseconds, in microseconds; what lies below the microsecond is cut towards the
/// past. `None` for anything else, and for numbers beyond 73 000 years, so that
/// the difference of any two is a number too.
pub(super) fn decimal_micros(text: &[u8], unit: i128) -> Option<i64> {
    let (negative, text) = match text.first()? {
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let (digits, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &text[..0]),
    };
    let whole = if digits.len() <= 18 { i128::from(digits_of(digits)?) } else { long_digits(digits)? };
    let cut = &fraction[..fraction.len().min(18)];
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let part = if cut.is_empty() { 0 } else { i128::from(digits_of(cut)?) * unit / 10_i128.pow(cut.len() as u32) };
    let nanos = whole.checked_mul(unit)?.checked_add(part)?;
    let micros = i64::try_from((if negative { -nanos } else { nanos }).div_euclid(1000)).ok()?;
    (micros.unsigned_abs() <= i64::MAX.unsigned_abs() / 4).then_some(micros)
}

/// The value of 19 to 30 digits: nanoseconds since 1970 have 19.
fn long_digits(text: &[u8]) -> Option<i128> {
    if text.len() > 30 {
        return None;
    }
    text.iter().try_fold(0_i128, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i128::from(byte - b'0')))
}

/// The text of a cell for a message: as UTF-8, and not longer than 40 characters.
pub(super) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_have_a_fraction_of_zeros() {
        assert_eq!((whole(b"4"), whole(b"4.0"), whole(b"007."), whole(b"0")), (Some(4), Some(4), Some(7), Some(0)));
        for wrong in ["", ".", ".0", "1.5", "-1", "1e3", "1,000", "9999999999999999999", "four"] {
            assert_eq!(whole(wrong.as_bytes()), None, "{wrong} was read");
        }
    }

    #[test]
    fn times_are_exact_in_every_unit() {
        assert_eq!(decimal_micros(b"0.052", 1_000_000_000), Some(52_000));
        assert_eq!(decimal_micros(b"27482", 1_000_000), Some(27_482_000));
        assert_eq!(decimal_micros(b"1772442847512000999", 1), Some(1_772_442_847_512_000));
        assert_eq!(decimal_micros(b"-0.0000001", 1_000_000_000), Some(-1));
        for wrong in ["", "-", "1.5e3", "1.x", "99999999999999999999", "+1", "2400000000000", "-2400000000000"] {
            assert_eq!(decimal_micros(wrong.as_bytes(), 1_000_000_000), None, "{wrong} was read");
        }
    }

    #[test]
    fn long_cells_are_cut_in_messages() {
        assert_eq!(shown(b"a\"b"), r#""a\"b""#);
        assert_eq!(shown(&[b'x'; 50]).len(), 45);
        assert_eq!(shown(&[0xff]), "\"\u{fffd}\"");
    }
}
