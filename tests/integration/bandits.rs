//! Bandits: regret grows with the logarithm of the number of requests.
//!
//! Two models deliver 90 % and 60 %; one request a second, each over before the next. The expected regret after T requests is 0.3
//! times the requests that went to the worse model.

use crate::fixture::{SIGMAS, run, world};

const BETTER: f64 = 0.9;
const WORSE: f64 = 0.6;
/// Numbers of requests, each twice the one before.
const TIMES: [u32; 5] = [500, 1000, 2000, 4000, 8000];

/// The requests that went to the worse model within so many, by replication.
fn mistaken(router: &str, requests: u32) -> Vec<f64> {
    let model = |name: &str, failure: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"100ms\"\nfailure = \"{failure}\"\n")
    };
    let models = model("p/worse", "40%") + &model("q/better", "10%");
    let strategy = format!("[strategies.only.router.{router}]\nmodels = [\"p/worse\", \"q/better\"]\n");
    let rows = run(&world("constant.rate = \"1/s\"", &format!("{requests}s"), 400, &(models + &strategy))).rows;
    assert!(rows.iter().all(|row| row.attempts == u64::from(requests)));
    rows.iter().map(|row| row.answers[0].iter().sum::<u64>() as f64).collect()
}

/// The mean, and its standard error.
fn mean(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// UCB1 asks whichever bound is higher, so that both are nearly equal at any time. Where they are equal, the worse model has had
/// n = 2 ln T / (gap + sqrt(2 ln T / (T - n)))^2 requests. That is below what is proven: 8 ln T / gap^2 + 1 + pi^2 / 3 (Auer,
/// Cesa-Bianchi and Fischer 2002, theorem 1).
#[test]
fn ucb_asks_the_worse_model_as_often_as_bounds_are_equal() {
    for requests in TIMES {
        let (t, gap) = (f64::from(requests), BETTER - WORSE);
        let width = 2.0 * t.ln();
        let mut equal = 0.0;
        for _ in 0..100 {
            equal = width / (gap + (width / (t - equal)).sqrt()).powi(2);
        }
        let (found, error) = mean(mistaken("ucb", requests).iter().copied());
        assert!((found - equal).abs() < SIGMAS * error, "{requests}: {found} +- {error}, not {equal}");
        let proven = 8.0 * t.ln() / (gap * gap) + 1.0 + std::f64::consts::PI.powi(2) / 3.0;
        assert!(found + SIGMAS * error < proven, "{requests}: {found} +- {error}, at most {proven}");
    }
}

/// No policy that is good everywhere asks the worse model less often than ln T / KL in the long run (Lai and Robbins 1985), and
/// Thompson sampling comes to that (Kaufmann, Korda and Munos 2012), from below here. Each doubling of T adds about ln 2 / KL:
/// between half of it and all of it at these T, where the last of four would add eight times the first if regret grew with T.
#[test]
fn thompson_adds_about_the_same_with_each_doubling() {
    let divergence = WORSE * (WORSE / BETTER).ln() + (1.0 - WORSE) * ((1.0 - WORSE) / (1.0 - BETTER)).ln();
    let counts = TIMES.map(|requests| mistaken("thompson", requests));
    for (requests, counts) in TIMES.iter().zip(&counts) {
        let (found, error) = mean(counts.iter().copied());
        let bound = f64::from(*requests).ln() / divergence;
        assert!(
            found < bound + SIGMAS * error && found > 0.5 * bound - SIGMAS * error,
            "{requests}: {found} +- {error}, {bound}"
        );
    }
    let added: Vec<(f64, f64)> =
        counts.windows(2).map(|pair| mean(pair[1].iter().zip(&pair[0]).map(|(more, fewer)| more - fewer))).collect();
    let all = std::f64::consts::LN_2 / divergence;
    for (found, error) in &added {
        assert!(*found < all + SIGMAS * error && *found > 0.5 * all - SIGMAS * error, "{found} +- {error}, {all}");
    }
    let ((first, _), (last, error)) = (added[0], added[3]);
    assert!(last - SIGMAS * error < 2.0 * first, "{last} +- {error} after {first}");
}
