//! Bytes and numbers as text within a page.

/// Base64 with padding (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for letter in 0..4 {
            let sextet = bits >> (18 - 6 * letter) & 63;
            text.push(if letter <= three.len() { char::from(LETTERS[sextet as usize]) } else { '=' });
        }
    }
    text
}

/// A data URI of a CSV file (RFC 2397): everything but letters, digits and a few harmless signs percent-encoded.
pub(super) fn csv_uri(csv: &str) -> String {
    let mut uri = String::from("data:text/csv;charset=utf-8,");
    for byte in csv.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            uri.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
        }
    }
    uri
}

/// The text with numbers that no line break takes apart: `1 043 [1 040, 1 046] USD` breaks only after the comma and before the
/// bracket.
pub(super) fn unbroken(text: &str) -> String {
    const NO_BREAK: char = '\u{a0}';
    let letters: Vec<char> = text.chars().collect();
    let joins = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let digit = before.is_some_and(char::is_ascii_digit);
        let rest = &letters[at + 1..];
        let [first, second] = [0, 1].map(|at| rest.get(at).copied().unwrap_or(' '));
        let short = matches!(first, 's' | 'd') && !second.is_alphanumeric();
        let long = ["%", "USD", "pp"].into_iter().any(|unit| unit.chars().eq(rest.iter().copied().take(unit.len())));
        digit && (first.is_ascii_digit() || short || long)
    };
    letters.iter().enumerate().map(|(at, &c)| if c == ' ' && joins(at) { NO_BREAK } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_as_in_the_standard() {
        let coded = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(coded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn numbers_stay_whole() {
        let shown = ["1 043 [1 040, 1 046] USD more", "99.9 % of 3 d", "now 6 s)", "p95 shorter"]
            .map(|text| unbroken(text).replace('\u{a0}', "_"));
        assert_eq!(shown, ["1_043 [1_040, 1_046] USD more", "99.9_% of 3_d", "now 6_s)", "p95 shorter"]);
    }

    #[test]
    fn a_uri_has_no_sign_that_markup_could_take() {
        assert_eq!(csv_uri("a,\"<b>\"\n1.5"), "data:text/csv;charset=utf-8,a,%22%3Cb%3E%22%0A1.5");
    }
}
