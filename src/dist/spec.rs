//! How a law is written in a scenario.

use super::Law;
use crate::spec;
use crate::units::SimDuration;

spec::choice! {
    /// A distribution. A plain value is always that value, and so is a `constant`.
    pub enum LawSpec<T> {
        /// Always the same value, as a plain value is.
        constant => Constant(T),
        /// Lognormal: a median and either the 95th percentile or sigma.
        lognormal => Lognormal(Lognormal<T>),
        /// Exponential.
        exponential => Exponential(Exponential<T>),
        /// Uniform between two values.
        uniform => Uniform(Uniform<T>),
        /// Weibull: a shape and either the scale or the mean.
        weibull => Weibull(Weibull<T>),
        /// Gamma: a shape and the mean.
        gamma => Gamma(Gamma<T>),
        _ => Plain(T),
    }
}

spec::table! {
    /// Lognormal: a median and either the 95th percentile or sigma.
    pub struct Lognormal<T> {
        /// The median (p50).
        p50: T,
        /// The 95th percentile.
        p95: Option<T>,
        /// Standard deviation of the natural logarithm.
        sigma: Option<f64>,
    }
}

spec::table! {
    /// Exponential.
    pub struct Exponential<T> {
        /// The mean.
        mean: T,
    }
}

spec::table! {
    /// Uniform between two values.
    pub struct Uniform<T> {
        /// The lowest value.
        low: T,
        /// The highest value.
        high: T,
    }
}

spec::table! {
    /// Weibull: a shape and either the scale or the mean. A shape below 1 has more short and more long values than the
    /// exponential, as intervals between incidents do.
    pub struct Weibull<T> {
        /// The shape, from 0.1 to 1000; 1 is the exponential.
        shape: f64,
        /// The scale: 63 % of values are below it.
        scale: Option<T>,
        /// The mean.
        mean: Option<T>,
    }
}

spec::table! {
    /// Gamma: a shape and the mean.
    pub struct Gamma<T> {
        /// The shape, from 0.1 to 1000; 1 is the exponential.
        shape: f64,
        /// The mean.
        mean: T,
    }
}

/// A quantity that a law can be of.
pub trait Quantity: Copy {
    /// The quantity as a number: a duration in microseconds, a count as it is.
    fn number(self) -> f64;
}

impl Quantity for SimDuration {
    fn number(self) -> f64 {
        self.micros() as f64
    }
}

impl Quantity for u32 {
    fn number(self) -> f64 {
        f64::from(self)
    }
}

impl<T: Quantity> LawSpec<T> {
    /// The law, in microseconds or as a count.
    ///
    /// # Errors
    /// Parameters that make no law, as a sentence.
    pub fn law(&self) -> Result<Law, String> {
        let law = match self {
            Self::Lognormal(Lognormal { p50, p95, sigma }) => match (p95, sigma) {
                (Some(p95), None) => Law::lognormal_p50_p95(p50.number(), p95.number()),
                (None, Some(sigma)) => Law::lognormal(p50.number(), *sigma),
                _ => return Err("a lognormal takes either p95 or sigma".to_owned()),
            },
            Self::Exponential(Exponential { mean }) => Law::exponential(mean.number()),
            Self::Uniform(Uniform { low, high }) => Law::uniform(low.number(), high.number()),
            Self::Weibull(Weibull { shape, scale, mean }) => match (scale, mean) {
                (Some(scale), None) => Law::weibull(*shape, scale.number()),
                (None, Some(mean)) => Law::weibull_mean(*shape, mean.number()),
                _ => return Err("a Weibull takes either scale or mean".to_owned()),
            },
            Self::Gamma(Gamma { shape, mean }) => Law::gamma(*shape, mean.number()),
            Self::Constant(value) | Self::Plain(value) => Law::constant(value.number()),
        };
        law.map_err(|wrong| wrong.0.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Mistakes, Reader, Sources, parse};

    fn read<T: Field>(text: &str) -> Result<LawSpec<T>, String> {
        let mut mistakes = Mistakes::new();
        let node = parse(text, Sources::new().add("a.toml", text), &mut mistakes);
        let mut reader = Reader::new();
        let read = LawSpec::read(node.get("law").expect("given"), &mut reader);
        read.ok_or_else(|| reader.into_mistakes().into_sorted().remove(0).what)
    }

    #[test]
    fn a_constant_is_a_plain_value_with_a_name() {
        for text in ["law = \"2s\"", "law.constant = \"2s\"", "law = { constant = \"2s\" }"] {
            let law = read::<SimDuration>(text).expect("valid").law();
            assert_eq!(law, Law::constant(2e6).map_err(|wrong| wrong.0.to_owned()), "{text}");
        }
        assert_eq!(read::<u32>("law.constant = 60").expect("valid").law(), read::<u32>("law = 60").expect("valid").law());
    }

    #[test]
    fn a_weibull_takes_a_scale_or_a_mean() {
        let law = |text| read::<SimDuration>(text).expect("readable").law();
        assert_eq!(law("law.weibull = { shape = 0.53, scale = \"10d\" }"), Law::weibull(0.53, 864e9).map_err(|e| e.0.to_owned()));
        assert!(law("law.weibull = { shape = 0.53, mean = \"10d\" }").is_ok());
        for wrong in ["law.weibull = { shape = 0.53 }", "law.weibull = { shape = 2, mean = \"1d\", scale = \"1d\" }"] {
            assert_eq!(law(wrong).expect_err("neither or both"), "a Weibull takes either scale or mean");
        }
    }

    #[test]
    fn a_constant_excludes_the_other_laws() {
        let both = "law = { constant = \"2s\", exponential = { mean = \"2s\" } }";
        assert_eq!(read::<SimDuration>(both).expect_err("two laws"), "\"constant\" and \"exponential\" exclude each other");
    }
}
