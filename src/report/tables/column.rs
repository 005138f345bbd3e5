//! What a column of a table is, and what stands in one of its cells.

use std::borrow::Cow;

use crate::stats::Estimate;
use crate::units::Usd;

/// What kind of values a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A number of things.
    Count,
    /// A number that is no count and no sum of money.
    Number,
    /// US dollars, exact to the picodollar.
    Usd,
}

/// A column, in every format and in the data dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What its cells hold.
    pub kind: Kind,
    /// Whether a cell may be empty, for what is undefined.
    pub optional: bool,
    /// What it means.
    pub meaning: Cow<'static, str>,
}

/// A value in a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Undefined, or not there.
    Nothing,
    /// Text.
    Text(Cow<'a, str>),
    /// A number of things.
    Count(u64),
    /// A number.
    Number(f64),
    /// Money.
    Usd(Usd),
}

impl Kind {
    /// The unit of its values, as far as the kind tells it.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Text | Self::Count | Self::Number => "",
        }
    }

    /// The type of its values in a Parquet file.
    pub const fn parquet(self) -> &'static str {
        match self {
            Self::Text => "STRING",
            Self::Count => "INT64",
            Self::Number => "DOUBLE",
            Self::Usd => "DECIMAL(38, 12)",
        }
    }

    /// What its values are called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Count => "count",
            Self::Number => "number",
            Self::Usd => "money",
        }
    }
}

impl Column {
    /// A column that always has a value.
    pub(in crate::report) const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), kind, optional: false, meaning: Cow::Borrowed(meaning) }
    }

    /// A column that may have none.
    pub(in crate::report) const fn perhaps(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), kind, optional: true, meaning: Cow::Borrowed(meaning) }
    }

    /// Its unit: that of its kind, or what its name ends in.
    pub fn unit(&self) -> &'static str {
        let by_name = [("_s", "s"), ("_day", "days")].into_iter().find(|(end, _)| self.name.ends_with(end));
        match self.kind {
            Kind::Number => by_name.map_or("", |(_, unit)| unit),
            kind => kind.unit(),
        }
    }
}

impl Cell<'_> {
    /// The value as text: numbers in full, without separators; nothing where it is undefined.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Count(count) => Cow::Owned(count.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Usd(amount) => Cow::Owned(amount.to_string()),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<u64> for Cell<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Usd> for Cell<'_> {
    fn from(amount: Usd) -> Self {
        Self::Usd(amount)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// An estimate as value, lower end, upper end.
pub(super) fn ends(e: &Estimate) -> [Option<f64>; 3] {
    [Some(e.value), e.lo, e.hi]
}
