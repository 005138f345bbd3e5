//! Fits texts of any length into the room there is.

use super::canvas::text_room;

/// The text, cut with an ellipsis where it is wider than `room`.
pub(super) fn fitted(text: &str, em: f64, room: f64) -> String {
    if text_room(text, em) <= room {
        return text.to_owned();
    }
    let mut letters: Vec<char> = text.chars().collect();
    loop {
        let short: String = letters.iter().chain(['…'].iter()).collect();
        if letters.pop().is_none() || text_room(&short, em) <= room {
            return short;
        }
    }
}

/// The text on at most two lines, broken after a space or a joining sign where there is one, cut where that is not enough.
pub(super) fn two_lines(text: &str, em: f64, room: f64) -> Vec<String> {
    if text_room(text, em) <= room {
        return vec![text.to_owned()];
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let fits = |end: &usize| text_room(&text[..*end], em) <= room;
    let longest = ends.iter().copied().take_while(fits).last().unwrap_or(0);
    let nice = text[..longest].rfind([' ', '-', '_', '/', '.']).map(|at| at + 1);
    // A break near the start would waste the first line.
    let split = nice.filter(|&at| at * 3 > longest).unwrap_or(longest);
    let (first, second) = text.split_at(split);
    vec![first.trim_end().to_owned(), fitted(second.trim_start(), em, room)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_at_joints_and_cuts_the_rest() {
        let lines = two_lines("drafts-on-cheap-then-premium-with-a-very-long-tail-of-words", 14.0, 120.0);
        assert!(lines[0].ends_with('-') && lines[1].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| text_room(line, 14.0) <= 120.0));
        assert_eq!(two_lines("short", 14.0, 120.0), ["short"]);
        assert_eq!(fitted("ä", 14.0, 0.0), "…");
    }
}
