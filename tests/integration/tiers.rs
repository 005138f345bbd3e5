//! Limits shared by the models of an account or provider, and tiers that rise while money is spent.

use crate::fixture::{plain, run};

const MODEL: &str = "price.per_image = \"0.04 USD\"\nlatency = \"1s\"";

/// Two models of one provider, each asked for half of the requests.
fn two(limits: &str) -> String {
    let model = format!("{MODEL}\n[models.\"a/other\"]\n{MODEL}\n{limits}");
    plain(r#"constant.rate = "10/min""#, "1h", 1, &model, "")
        .replace("router.single = \"a/model\"", "router.weighted = { \"a/model\" = 1, \"a/other\" = 1 }")
}

#[test]
fn a_providers_limit_is_shared_by_its_models_and_an_accounts_by_its() {
    let limit = "limits.requests = { rate = \"3/min\", window = \"fixed\" }";
    for table in ["providers.a", "accounts.a"] {
        assert_eq!(run(&two(&format!("[{table}]\n{limit}"))).rows[0].delivered, 180, "{table}");
    }
    // Each model by itself has the limit twice.
    let each = two("").replace(MODEL, &format!("{MODEL}\n{limit}"));
    assert!(run(&each).rows[0].delivered > 330);
}

/// One a minute until 0.40 USD are spent, and then five: ten minutes, and then all of the five that come a minute.
#[test]
fn spend_lifts_the_limit() {
    let limits = "limits.images = { rate = \"1/min\", window = \"fixed\" }\nlimits.tiers = [{ name = \"2\", spent = \"0.40 USD\", images = \"5/min\" }]";
    let text = plain(r#"constant.rate = "5/min""#, "1h", 1, &format!("{MODEL}\n{limits}"), "");
    // In the tenth minute the first is the tenth, and with it the money is spent: the other four pass as well.
    let delivered = |text: &str| run(text).rows[0].delivered;
    assert_eq!(delivered(&text), 9 + 5 + 50 * 5);
    let account = |spent: &str| format!("{text}\n[accounts.a]\n{spent}");
    assert_eq!(delivered(&account("spent = \"0.36 USD\"")), 60 * 5);
    assert_eq!(delivered(&account("tier = \"2\"")), 60 * 5);
}

/// Money alone is not enough where age counts too, and what only a contract gives is never earned.
#[test]
fn age_lifts_the_limit() {
    let limits = "limits.images = { rate = \"1/min\", window = \"fixed\" }\nlimits.tiers = [{ name = \"2\", spent = \"0.04 USD\", age = \"1d\", images = \"5/min\" }, { name = \"3\", images = \"6/min\" }]";
    let text = plain(r#"constant.rate = "5/min""#, "1h", 1, &format!("{MODEL}\n{limits}"), "");
    let delivered = |age: &str| run(&format!("{text}\n[accounts.a]\nage = \"{age}\"")).rows[0].delivered;
    assert_eq!((delivered("0d"), delivered("1d"), delivered("1410min")), (60, 60 * 5, 30 + 30 * 5));
}
