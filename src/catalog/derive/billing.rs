//! Rules of billing: what the provider's policies say, and "unknown" where none speaks.

use super::tree::{fields, text};
use crate::catalog::{BilledWord, Book, Policy};
use crate::spec::{Node, Place};

/// The rules of a model. Failed attempts keep the default of a scenario where no policy speaks of them: no provider that states a
/// rule bills them.
pub(super) fn billing(book: &Book, model: &str, place: &Place) -> Option<Node> {
    if !book.files.iter().any(|file| file.policies.iter().flatten().any(|policy| policy.billed.is_some())) {
        return None;
    }
    let policy = |name: &str| book.policies(model).find(|policy| policy.policy == name && policy.billed.is_some());
    let said = |policy: Option<&Policy>| policy.and_then(|policy| policy.billed).map(word);
    let filtered = policy("bills_filtered");
    let after = filtered.and_then(|policy| policy.billed_after.or(policy.billed)).map(word);
    let rule = |word: Option<&str>| word.map(|word| text(place, word));
    Some(fields(
        place,
        vec![
            ("failed", rule(said(policy("bills_failed")))),
            ("blocked_before", rule(said(filtered).or(Some("unknown")))),
            ("blocked_after", rule(after.or(Some("unknown")))),
            ("timed_out", rule(said(policy("bills_client_timeout")).or(Some("unknown")))),
        ],
    ))
}

/// The word of a scenario.
const fn word(billed: BilledWord) -> &'static str {
    match billed {
        BilledWord::Yes => "yes",
        BilledWord::No => "no",
        BilledWord::InputOnly => "input_only",
        BilledWord::Unknown => "unknown",
    }
}
