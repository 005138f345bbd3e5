//! What answers mean to LiteLLM, and what it calls them (1.106.2, `exception_mapping_utils.py`).

use super::case::Answer;
use crate::model::Status;

/// What an answer says; whether the Router can tell a refusal is for its profile to say.
pub(super) fn status(answer: &Answer) -> Result<Status, String> {
    Ok(match answer {
        Answer::Word(word) if word == "policy" => Status::Filtered,
        Answer::Word(word) => return Err(format!("unknown answer {word:?}: it is a status or \"policy\"")),
        Answer::Status(status) => match status {
            200 => Status::Delivered,
            401 => Status::Unauthorized,
            402 => Status::PaymentRequired,
            403 => Status::Forbidden,
            404 => Status::Gone,
            408 | 504 => Status::TimedOut,
            409 => Status::Conflict,
            429 => Status::RateLimited,
            503 => Status::Unavailable,
            400..=499 => Status::BadRequest,
            500..=599 => Status::Failed,
            _ => return Err(format!("unknown status {status}")),
        },
    })
}

/// The class of the error that a request ends with, at a Router whose adapter can tell refusals by the content filter, or cannot.
pub(super) const fn error(status: Status, tells_refusals: bool) -> &'static str {
    match status {
        Status::Delivered | Status::CalledOff => "",
        Status::Filtered if !tells_refusals => "BadRequestError",
        Status::Filtered => "ContentPolicyViolationError",
        Status::BadRequest => "BadRequestError",
        Status::Unauthorized => "AuthenticationError",
        Status::PaymentRequired | Status::Conflict => "APIError",
        Status::Forbidden => "PermissionDeniedError",
        Status::Gone => "NotFoundError",
        Status::TimedOut => "Timeout",
        Status::RateLimited | Status::Shed => "RateLimitError",
        Status::Failed => "InternalServerError",
        Status::Unavailable => "ServiceUnavailableError",
        Status::NoneLeft => "RouterRateLimitError",
        Status::OverBudget => "ValueError",
    }
}
