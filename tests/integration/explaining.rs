//! A request that is explained is the request of the run: all of them together are its invoice and its attempts.

use spendcast::experiment::{Moment, explain};
use spendcast::units::Usd;

use crate::fixture::{compile, run_with, world};

const REST: &str = r#"
[workload.journey]
rounds = 3
final = "40%"
think_time.exponential.mean = "20s"

[models."p/a"]
price.per_image = "0.04 USD"
latency.exponential.mean = "8s"
failure = "30%"
billing.failed = "yes"
limits.images = "6/min"
acceptance = "60%"

[models."q/b"]
price.per_image = "0.01 USD"
latency = "4s"
failure = "20%"
acceptance = "50%"

[strategies.plain]
router.fallback = ["p/a", "q/b"]
retry.attempts = 2

[strategies.gateway]
profile = "litellm-1.106/openai"
groups.first.router.weighted = { "p/a" = 1, "q/b" = 1 }
groups.second.router.single = "q/b"
group = "first"
fallbacks.general.first = ["second"]
hedge.after = "6s"
"#;

#[test]
fn all_requests_together_are_the_invoice() {
    let (compiled, settings) = compile(&world("poisson.rate = \"30/h\"", "6h", 2, REST));
    let run = run_with(&compiled, settings);
    for row in &run.rows {
        let strategy = &compiled.plan.strategies[usize::from(row.strategy)];
        let (mut attempts, mut cost, mut retried) = (0, Usd::ZERO, 0);
        for request in 0..row.requests {
            let one = explain(&compiled.plan, strategy, (settings.seed, row.replication), request).expect("there are so many");
            assert!(matches!(one.steps.first(), Some((_, Moment::Requested(_)))));
            assert!(matches!(one.steps.last(), Some((_, Moment::Closed(_)))));
            let sent = one.steps.iter().filter(|(_, moment)| matches!(moment, Moment::Attempted(..))).count() as u64;
            attempts += sent;
            retried += u64::from(sent > 1);
            for (_, moment) in &one.steps {
                if let Moment::Charged(charge) = moment {
                    cost += charge.amount;
                }
            }
        }
        assert_eq!((attempts, cost), (row.attempts, row.cost));
        assert!(retried > 10);
        let none = explain(&compiled.plan, strategy, (settings.seed, row.replication), row.requests);
        assert_eq!(none.err(), Some(row.requests));
    }
}
