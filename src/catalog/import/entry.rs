//! What is read of an entry of a price file, before it is written as part of a price book.

use jiff::civil;

use super::Reason;
use crate::catalog::{Base, Exact, Sizes, Unit};

/// One price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is per.
    pub unit: Unit,
    /// For images of these sizes; without it, of any.
    pub size: Option<Sizes>,
    /// For this quality; without it, for any.
    pub quality: Option<String>,
    /// For this many steps; without it, for any.
    pub steps: Option<u32>,
    /// The price in dollars.
    pub usd: Exact,
    /// The first day on which it holds.
    pub from: Option<civil::Date>,
    /// The first day on which it holds no longer.
    pub to: Option<civil::Date>,
}

impl Draft {
    /// A price for anything, always.
    pub(super) const fn new(unit: Unit, usd: Exact) -> Self {
        Self { unit, size: None, quality: None, steps: None, usd, from: None, to: None }
    }

    /// Whether it is a price of any image per image.
    pub(super) fn is_flat(&self) -> bool {
        self.unit == Unit::of(Base::Image) && self.size.is_none() && self.quality.is_none() && self.steps.is_none()
    }
}

/// An entry and what became of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key in the file.
    pub key: String,
    /// The model that it stands for, as provider/model.
    pub model: String,
    /// Whether it is for editing images.
    pub edits: bool,
    /// Its prices.
    pub drafts: Vec<Draft>,
    /// The last day, where the file names one.
    pub shutdown: Option<civil::Date>,
    /// Limits that the file names, per minute: requests and tokens.
    pub limits: [Option<u64>; 2],
    /// The page that the file names.
    pub page: Option<String>,
    /// Why it is flagged or refused, with what makes it so.
    pub reasons: Vec<(Reason, String)>,
}

impl Entry {
    pub(super) fn new(key: &str, model: String) -> Self {
        let (drafts, reasons) = (Vec::new(), Vec::new());
        Self { key: key.to_owned(), model, edits: false, drafts, shutdown: None, limits: [None, None], page: None, reasons }
    }

    pub(super) fn flag(&mut self, reason: Reason, detail: impl Into<String>) {
        if !self.reasons.iter().any(|(other, _)| *other == reason) {
            self.reasons.push((reason, detail.into()));
        }
    }

    /// Whether it is not taken.
    pub fn refused(&self) -> bool {
        self.reasons.iter().any(|(reason, _)| reason.refuses())
    }

    /// `taken`, `flagged` or `refused`.
    pub fn verdict(&self) -> &'static str {
        match (self.refused(), self.reasons.is_empty()) {
            (true, _) => "refused",
            (false, true) => "taken",
            (false, false) => "flagged",
        }
    }

    /// Whether an image can be priced by it.
    pub(super) fn prices_images(&self) -> bool {
        self.drafts.iter().any(|draft| draft.unit.base.makes_images())
    }

    /// Puts a number into the unit of a draft; what is no price is a reason to refuse the entry.
    pub(super) fn price(&mut self, field: &str, number: Result<Exact, String>, shift: i32) -> Option<Exact> {
        let moved = number.and_then(|exact| exact.shifted(shift).ok_or_else(|| "too many digits".to_owned()));
        moved.map_err(|what| self.flag(Reason::BadNumber, format!("{field}: {what}"))).ok()
    }
}
