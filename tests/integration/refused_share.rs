//! Persistent filters through whole scenarios: the refused share is the filter's rate for every number of attempts; of two
//! independent filters the product, category by category; of two under a Gaussian copula the bivariate normal probability.

use std::fmt::Write;

use spendcast::dist::normal_quantile;

use crate::fixture::{assert_mean, run, world};

/// Shares of the categories, and the rates of two filters for each; the last are ordinary prompts.
const PROMPTS: [(f64, f64, f64); 3] = [(0.10, 0.50, 0.30), (0.25, 0.08, 0.20), (0.65, 0.02, 0.01)];

/// A filter with these rates, and more of it.
fn filter(rates: [f64; 3], more: &str) -> String {
    let [nsfw, privacy, ordinary] = rates.map(|rate| format!("\"{}%\"", rate * 100.0));
    format!("filter = {{ rate = {ordinary}, rates = {{ nsfw = {nsfw}, privacy = {privacy} }}{more} }}")
}

/// Runs two models with these filters, asked in turn, with so many attempts at each; checks the share that both refuse.
fn check(what: &str, filters: [&str; 2], models: &[&str], attempts: u32, refused: f64) {
    let mut text = "[workload.prompts.categories]\nnsfw = \"10%\"\nprivacy = \"25%\"\n".to_owned();
    for (model, filter) in ["p/a", "q/b"].into_iter().zip(filters) {
        let model = format!("[models.\"{model}\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\n{filter}\n");
        text += &model;
    }
    let retry = format!("retry = {{ attempts = {attempts}, on = [\"filtered\"], backoff.constant = \"1s\" }}");
    writeln!(text, "[strategies.only]\nrouter.fallback = {models:?}\n{retry}").expect("a String takes all");
    let rows = run(&world("poisson.rate = \"5000/d\"", "1d", 200, &text)).rows;
    assert_mean(&rows, |row| row.filtered as f64 - refused * row.requests as f64, 0.0, what);
}

fn of_all(probability: impl Fn(f64, f64) -> f64) -> f64 {
    PROMPTS.iter().map(|(share, one, other)| share * probability(*one, *other)).sum()
}

#[test]
fn one_filter_refuses_the_weighted_rates_whatever_is_tried() {
    let own = filter(PROMPTS.map(|(_, rate, _)| rate), "");
    for attempts in 1..=5 {
        check(&format!("{attempts} attempts"), [&own, ""], &["p/a"], attempts, of_all(|rate, _| rate));
    }
}

/// Within a category two filters judge independently; over all they are correlated, since both dislike the same categories.
#[test]
fn two_filters_refuse_the_product_in_each_category() {
    let [one, other] = [filter(PROMPTS.map(|(_, rate, _)| rate), ""), filter(PROMPTS.map(|(_, _, rate)| rate), "")];
    let both = of_all(|one, other| one * other);
    assert!(both > 1.5 * of_all(|one, _| one) * of_all(|_, other| other));
    for attempts in 1..=4 {
        check(&format!("{attempts} attempts"), [&one, &other], &["p/a", "q/b"], attempts, both);
    }
}

/// P(X < h, Y < k) for standard normals of correlation r: the product, and the integral of the density over the correlation
/// from 0 to r (Plackett, Biometrika 41, 1954), by Simpson's rule.
fn both_refuse(one: f64, other: f64, r: f64) -> f64 {
    let (h, k) = (normal_quantile(one), normal_quantile(other));
    let density = |r: f64| {
        let rest = 1.0 - r * r;
        (-(h * h - 2.0 * r * h * k + k * k) / (2.0 * rest)).exp() / (std::f64::consts::TAU * rest.sqrt())
    };
    let weight = |i: u32| if i == 0 || i == 1000 { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
    let sum: f64 = (0..=1000).map(|i| weight(i) * density(r * f64::from(i) / 1000.0)).sum();
    one * other + sum * r / 3000.0
}

/// Correlations of 40 % and 90 % are one of sqrt(0.36) = 0.6 between the two.
#[test]
fn correlated_filters_refuse_more_together() {
    let correlation = |rho: &str| format!(", correlation = \"{rho}\"");
    let one = filter(PROMPTS.map(|(_, rate, _)| rate), &correlation("40%"));
    let other = filter(PROMPTS.map(|(_, _, rate)| rate), &correlation("90%"));
    let both = of_all(|one, other| both_refuse(one, other, 0.6));
    for attempts in [1, 3] {
        check(&format!("{attempts} attempts"), [&one, &other], &["p/a", "q/b"], attempts, both);
    }
    check("one of them", [&one, &other], &["q/b"], 2, of_all(|_, other| other));
    let alone = filter(PROMPTS.map(|(_, _, rate)| rate), "");
    check("with one that stands apart", [&one, &alone], &["p/a", "q/b"], 1, of_all(|one, other| one * other));
}
