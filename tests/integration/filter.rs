//! A content filter that is persistent per filter and prompt: retries at the same filter do not help, another filter
//! often does.

use crate::fixture::{assert_mean, plain, run};

const MODEL: &str = r#"
price.per_image = "0.04 USD"
latency = "2s"
filter = { rate = "8%" }
"#;

#[test]
fn retries_do_not_move_a_persistent_filter() {
    for attempts in [1, 2, 5] {
        let retry = format!("retry = {{ attempts = {attempts}, on = [\"filtered\"], backoff.constant = \"1s\" }}");
        let rows = run(&plain(r#"poisson.rate = "5000/d""#, "1d", 200, MODEL, &retry)).rows;
        assert_mean(&rows, |r| r.filtered as f64 - 0.08 * r.requests as f64, 0.0, &format!("{attempts} attempts"));
    }
}

#[test]
fn two_independent_filters_refuse_the_product() {
    let model =
        format!("{MODEL}\n[models.\"b/model\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\nfilter.rate = \"25%\"\n");
    let text = plain(r#"poisson.rate = "5000/d""#, "1d", 200, &model, "");
    let text = text.replace("router.single = \"a/model\"", "router.fallback = [\"a/model\", \"b/model\"]");
    let rows = run(&text).rows;
    assert_mean(&rows, |r| r.filtered as f64 - 0.02 * r.requests as f64, 0.0, "both refuse");
}

#[test]
fn models_that_share_a_filter_share_its_verdicts() {
    let model = MODEL.replace("rate = \"8%\"", "rate = \"8%\", name = \"shared\"");
    let other = "price.per_image = \"0.04 USD\"\nlatency = \"2s\"\nfilter = { rate = \"8%\", name = \"shared\" }";
    let text = plain(r#"poisson.rate = "5000/d""#, "1d", 50, &format!("{model}\n[models.\"b/model\"]\n{other}\n"), "");
    let text = text.replace("router.single = \"a/model\"", "router.fallback = [\"a/model\", \"b/model\"]");
    let rows = run(&text).rows;
    assert_mean(&rows, |r| r.filtered as f64 - 0.08 * r.requests as f64, 0.0, "the second never helps");
}
