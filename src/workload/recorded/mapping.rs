//! Which column of the CSV means what.

use jiff::tz::TimeZone;

use crate::model::ClassId;

/// Where a recording keeps what the simulator needs. Column names are compared exactly, without the blanks around them.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The byte between cells, usually a comma.
    pub delimiter: u8,
    /// The column of the time at which the request was made.
    pub time: String,
    /// How that time is written.
    pub time_format: TimeFormat,
    /// Where the clock stood, for times that are written without an offset, and for the civil times of the account.
    pub time_zone: TimeZone,
    /// The column that tells users apart; an empty cell is a request of nobody known.
    pub user: Option<String>,
    /// The column of the number of images, 1 to 255; `"4.0"` is 4; an empty cell leaves it to the class.
    pub n: Option<String>,
    /// The column of the size; empty together with the quality leaves the shape to the class.
    pub size: Option<String>,
    /// The column of the quality.
    pub quality: Option<String>,
    /// Which class a row is of.
    pub class: Classes,
    /// The column of the prompt's length; an empty cell leaves it to the class.
    pub tokens: Option<TokenColumn>,
    /// Which rows count at all, by their status.
    pub status: Option<StatusFilter>,
}

impl Mapping {
    /// A comma-separated recording with a time and nothing else: every row is of one class, which decides the rest.
    pub fn new(time: impl Into<String>, time_format: TimeFormat, class: ClassId) -> Self {
        Self {
            delimiter: b',',
            time: time.into(),
            time_format,
            time_zone: TimeZone::UTC,
            user: None,
            n: None,
            size: None,
            quality: None,
            class: Classes::All(class),
            tokens: None,
            status: None,
        }
    }
}

/// How a recording writes its times. There is no default: a guessed unit is wrong by a factor of a thousand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFormat {
    /// A pattern of `strptime`, such as `%Y-%m-%d %H:%M:%S%.f`; fractions have up to 9 digits, of which those below the
    /// microsecond are cut. With `%z` the offset in the text counts, otherwise the mapping's time zone.
    Pattern(String),
    /// A decimal number of units.
    Number {
        /// What one is worth.
        unit: TimeUnit,
        /// What zero means.
        zero: Zero,
    },
}

/// A unit of time that recordings count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Nanoseconds.
    Nanos,
}

impl TimeUnit {
    /// How many nanoseconds one unit lasts.
    pub(super) const fn nanos(self) -> i128 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Millis => 1_000_000,
            Self::Micros => 1_000,
            Self::Nanos => 1,
        }
    }

    /// The unit's symbol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Millis => "ms",
            Self::Micros => "us",
            Self::Nanos => "ns",
        }
    }
}

/// What the number zero means in a column of numeric times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    /// 1970-01-01T00:00:00Z, as in Unix time.
    Epoch,
    /// Some moment that the recording does not tell: only differences count.
    Unknown,
}

/// Which class a row is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Classes {
    /// All rows are of one class.
    All(ClassId),
    /// A column says it.
    Column {
        /// The column.
        name: String,
        /// The class of each text that the column holds.
        of: Vec<(String, ClassId)>,
        /// The class of rows with any other text, or none. Without it, such a row is a bad one.
        otherwise: Option<ClassId>,
    },
}

/// The length of prompts.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenColumn {
    /// The column.
    pub name: String,
    /// Where the column counts characters: how many of them make a token, above 0. The quotient is rounded up.
    pub chars_per_token: Option<f64>,
}

/// Which rows count, by their status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusFilter {
    /// The column.
    pub name: String,
    /// The texts that are kept. Rows with another are skipped, and counted by that text.
    pub keep: Vec<String>,
}
