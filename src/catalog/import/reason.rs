//! Why an entry of a price file was flagged or refused, by name.

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident, $name:literal, $refuses:literal;)+) => {
        /// Why an entry was flagged or refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in accounts.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Whether the entry is refused; else it is taken and flagged.
            pub const fn refuses(self) -> bool {
                match self { $(Self::$variant => $refuses,)+ }
            }

            /// What it means.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => [$($doc),+][0].trim(),)+ }
            }
        }
    };
}

reasons! {
    /// It documents the form of the file and sells nothing.
    SampleSpec, "sample_spec", true;
    /// It has no price at all.
    NoPrice, "no_price", true;
    /// All its prices are zero.
    ZeroPrice, "zero_price", true;
    /// Its prices per token are a thousand times below any other's: prices of another unit in the wrong field.
    UnitOutlier, "unit_outlier", true;
    /// Its prices are a tenth or ten times of what the vendor's list says, or of neighbours of which that is known.
    ScaleOutlier, "scale_outlier", true;
    /// It has prices of text only: no image can be priced.
    TextPricesOnly, "text_prices_only", true;
    /// A price is no decimal number, or negative.
    BadNumber, "bad_number", true;
    /// It is not in dollars.
    OtherCurrency, "other_currency", true;
    /// Its prices are in a unit that cannot be told.
    UnknownUnit, "unknown_unit", true;
    /// The same model has another price at another provider: often another default size.
    DiffersBetweenProviders, "differs_between_providers", false;
    /// Its date of deprecation has passed.
    PastDeprecation, "past_deprecation", false;
    /// Its name means another model from time to time, and its prices may lag behind.
    MovingAlias, "moving_alias", false;
    /// A dated snapshot beside the model itself.
    DatedSnapshot, "dated_snapshot", false;
    /// Another entry stands for the same model; equal prices are taken once.
    SameModelTwice, "same_model_twice", false;
    /// Its price is a region's: against the global price this is no change of price.
    RegionalMeter, "regional_meter", false;
    /// A price of input images that repeats the price of the image: left out.
    EqualInputPrice, "equal_input_price", false;
    /// The price of input images stands alone: taken as the price of the image, as for openai.
    LoneInputPrice, "lone_input_price", false;
    /// A price field that is not known: left out.
    UnknownField, "unknown_field", false;
    /// A size that is not known: left out.
    UnknownSize, "unknown_size", false;
    /// Prices in dollars in a file of cents.
    StoredInDollars, "stored_in_dollars", false;
    /// It contradicts the vendor's own price in the price book that ships with the program.
    ContradictsVendor, "contradicts_vendor", false;
    /// Its name carries a condition, such as a length of the prompt.
    ConditionalName, "conditional_name", false;
    /// A price that holds at some hours only: left out.
    TimeOfDay, "time_of_day", false;
    /// Beyond a length of prompt the whole request has another price: only the first is taken, or that above 200 000 tokens too.
    CliffTier, "cliff_tier", false;
    /// A dated price that a later one covers wholly: left out.
    NeverActive, "never_active", false;
    /// Prices of variants, such as batch: left out.
    VariantsLeftOut, "variants_left_out", false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_reason() {
        let text = include_str!("../../../docs/catalogue.md");
        for reason in Reason::ALL {
            let verdict = if reason.refuses() { "refused" } else { "flagged" };
            let row = format!("| `{}` | {verdict} | {} |", reason.name(), reason.about());
            assert!(text.contains(&row), "{row}");
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Reason::ALL.len());
        assert!(Reason::NoPrice.refuses() && Reason::NoPrice.about() == "It has no price at all.");
    }
}
