//! Two-sided critical values of the normal and of Student's t distribution, through `statrs`.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Beyond this many degrees of freedom `statrs` loses digits of t (1.959 981 instead of 1.959 988 at 99 999),
/// while the normal value is within 0.03 %.
pub(super) const LARGEST_DF: u64 = 5_000;

/// The half-width in standard errors of a normal interval at this level: 1.96 at 0.95.
///
/// # Panics
/// If `level` is not in (0, 1).
pub fn normal_critical(level: f64) -> f64 {
    assert!(level > 0.0 && level < 1.0, "a confidence level lies between 0 and 1");
    Normal::standard().inverse_cdf(f64::midpoint(1.0, level))
}

/// The same for Student's t with `df` degrees of freedom, at least 1.
///
/// # Panics
/// If `level` is not in (0, 1).
pub fn student_critical(df: u64, level: f64) -> f64 {
    fractional_critical(df as f64, level)
}

/// The same for a number of degrees of freedom that need not be whole, such as Welch's.
pub(super) fn fractional_critical(df: f64, level: f64) -> f64 {
    if df > LARGEST_DF as f64 {
        return normal_critical(level);
    }
    assert!(level > 0.0 && level < 1.0, "a confidence level lies between 0 and 1");
    let t = StudentsT::new(0.0, 1.0, df.max(1.0)).expect("location 0, scale 1 and df of at least 1 are valid");
    t.inverse_cdf(f64::midpoint(1.0, level))
}

/// The level of each of `intervals` so that all of them together hold at `level`, whatever their dependence (Bonferroni's
/// inequality; Law, ch. 9.7): 0.99 for five at 0.95. One where there are none.
pub fn level_of_each(intervals: u64, level: f64) -> f64 {
    1.0 - (1.0 - level) / intervals.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_tables() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-5, "{a} is not {b}");
        close(normal_critical(0.95), 1.959_964);
        close(normal_critical(0.90), 1.644_854);
        close(student_critical(1, 0.95), 12.706_205);
        close(student_critical(9, 0.90), 1.833_113);
        close(student_critical(999, 0.95), 1.962_341);
        close(student_critical(99_999, 0.95), 1.959_964);
        close(student_critical(5_000, 0.95), 1.960_439);
        close(level_of_each(5, 0.95), 0.99);
        close(level_of_each(0, 0.95), 0.95);
    }

    #[test]
    fn the_step_to_the_normal_is_small() {
        let step = student_critical(LARGEST_DF, 0.95) / student_critical(LARGEST_DF + 1, 0.95);
        assert!((1.0..1.0004).contains(&step), "{step}");
    }
}
