//! Routers that read prompts, check images or share requests out among other routers, against what they must come to.

use spendcast::experiment::Row;

use crate::fixture::{assert_mean, run, world};

/// Models by name, price and what else there is to say.
fn models(all: &[(&str, &str, &str)]) -> String {
    let model = |(name, price, rest): &(&str, &str, &str)| {
        format!("[models.\"{name}\"]\nprice.per_image = \"{price} USD\"\nlatency = \"1s\"\n{rest}\n")
    };
    all.iter().map(model).collect()
}

fn rows(models: &str, rest: &str) -> Vec<Row> {
    run(&world("poisson.rate = \"4000/d\"", "1d", 200, &format!("{models}\n{rest}"))).rows
}

fn attempts(row: &Row, deployment: usize) -> f64 {
    row.answers[deployment].iter().sum::<u64>() as f64
}

/// RouteLLM's calibration: the quantile at 1 - share is the threshold, and that share of prompts is at or above it. Prompts calibrated
/// on other traffic drift: of scores that are the square of uniform ones, as many are above 1/2 as of uniform ones above the root.
#[test]
fn the_strong_model_has_the_share_that_it_was_calibrated_for() {
    let models = models(&[("s/strong", "0.04", ""), ("w/weak", "0.01", "")]);
    let squares: Vec<String> = (0..=200).map(|n| format!("{}", f64::from(n * n) / 40_000.0)).collect();
    let scores = format!("scores = [{}]", squares.join(", "));
    for (rest, share) in [
        (format!("{scores}\nstrong_share = \"50%\""), 0.5),
        (format!("{scores}\nstrong_share = \"15%\""), 0.15),
        ("threshold = 0.7".to_owned(), 0.3),
        (format!("{scores}\nstrong_share = \"50%\"\ncalibrated_on = [0, 1]"), 1.0 - 0.5_f64.sqrt()),
    ] {
        let router = format!("[strategies.only.router.threshold]\nstrong = \"s/strong\"\nweak = \"w/weak\"\n{rest}\n");
        // Between two squares the score is a straight line and no square: that is off by less than 1e-5.
        let strong = |row: &Row| attempts(row, 0) - share * row.requests as f64;
        assert_mean(&rows(&models, &router), strong, 0.0, &format!("share of the strong model, {share}"));
    }
}

/// A first model that pleases 60 %, checked: passed are 0.6 x 95 % and 0.4 x 20 %. The rest buys a second image.
#[test]
fn a_cascade_pays_for_both_where_its_checker_sends_back() {
    let models = models(&[("c/cheap", "0.01", "acceptance = \"60%\""), ("d/dear", "0.04", "acceptance = \"90%\"")]);
    let journey = "[workload.journey]\nrounds = 1\nfinal = \"0%\"\nthink_time = \"10s\"\n";
    let cascade =
        "[strategies.only.router.cascade]\nmodels = [\"c/cheap\", \"d/dear\"]\nfalse_accept = \"20%\"\nfalse_reject = \"5%\"\n";
    let rows = rows(&models, &(journey.to_owned() + cascade));
    let passed = 0.6 * 0.95 + 0.4 * 0.2;
    assert_mean(&rows, |row| attempts(row, 1) - (1.0 - passed) * row.requests as f64, 0.0, "sent on");
    assert!(rows.iter().all(|row| attempts(row, 0) as u64 == row.requests && row.delivered == row.requests));
    let cost = |row: &Row| row.cost.to_f64() - (0.01 + (1.0 - passed) * 0.04) * row.requests as f64;
    assert_mean(&rows, cost, 0.0, "both are paid");
}

/// A tenth of prompts is risky; of these the classifier finds 80 %, and it takes 10 % of the others for risky.
#[test]
fn risky_prompts_go_to_the_lenient_model() {
    let models = models(&[("l/lenient", "0.04", ""), ("n/normal", "0.01", "")]);
    let prompts = "[workload.prompts]\ncategories = { nsfw = \"10%\" }\n";
    let router = "[strategies.only.router.policy_aware]\nlenient = [\"l/lenient\"]\nrouter.single = \"n/normal\"\n\
                  hit_rate = \"80%\"\nfalse_alarm_rate = \"10%\"\n";
    let lenient = |row: &Row| attempts(row, 0) - (0.1 * 0.8 + 0.9 * 0.1) * row.requests as f64;
    assert_mean(&rows(&models, &(prompts.to_owned() + router)), lenient, 0.0, "share of the lenient model");
}

/// 70 % to a weighted router (3 to 1) and 30 % to a split of halves: each part as it is alone.
#[test]
fn a_split_of_routers_gives_each_branch_its_share() {
    let models = models(&[("a/1", "0.01", ""), ("a/2", "0.01", ""), ("a/3", "0.01", ""), ("a/4", "0.01", "")]);
    let router = "[strategies.only.router.split]\nparts = [\n\
                  { share = \"70%\", router.weighted = { \"a/1\" = 3, \"a/2\" = 1 } },\n\
                  { share = \"30%\", router.split.parts = [\n\
                  { share = \"50%\", router.single = \"a/3\" }, { share = \"50%\", router.single = \"a/4\" }] },\n]\n";
    let rows = rows(&models, router);
    for (at, share) in [(0, 0.525), (1, 0.175), (2, 0.15), (3, 0.15)] {
        assert_mean(&rows, |row| attempts(row, at) - share * row.requests as f64, 0.0, &format!("share of {at}"));
    }
}

/// Drafts to one model, finals of many images to another, everything else through models in order, of which the first always fails.
#[test]
fn conditions_choose_the_branch() {
    let models = models(&[("a/1", "0.01", ""), ("a/2", "0.01", "failure = \"100%\""), ("a/3", "0.01", "")]);
    let router = "[strategies.only]\n[strategies.only.router]\nconditional = [\n\
                  { when = { class = \"only\", images_above = 1 }, router.single = \"a/1\" },\n\
                  { when.users = \"25%\", router.fallback = [\"a/2\"] },\n\
                  { router.single = \"a/3\" },\n]\n";
    let rows = rows(&models, router);
    // Nobody asks for more than one image; a quarter of users meet the failing model first, and then the last branch.
    assert!(rows.iter().all(|row| attempts(row, 0) == 0.0 && row.delivered == row.requests));
    assert_mean(&rows, |row| attempts(row, 1) - 0.25 * row.requests as f64, 0.0, "a quarter of users");
    assert!(rows.iter().all(|row| attempts(row, 2) as u64 == row.requests));
}

/// The article's case: 20 % refused and billed at 0.010 USD come to 0.0125 USD an image, and 0.011 USD without refusals is less.
#[test]
fn the_cheaper_by_the_delivered_image_is_found() {
    let filter = "filter = { rate = \"20%\", stage = \"after\" }\nbilling.blocked_after = \"yes\"";
    let models = models(&[("a/1", "0.010", filter), ("a/2", "0.011", "")]);
    let lists = "models = [\"a/1\", \"a/2\"], half_life = \"12h\"";
    for (router, at) in [(format!("lowest_effective_cost = {{ {lists} }}"), 1), ("cheapest = [\"a/1\", \"a/2\"]".to_owned(), 0)] {
        let rows = rows(&models, &format!("[strategies.only]\nrouter.{router}\n"));
        let most = rows.iter().filter(|row| attempts(row, at) > 0.8 * row.requests as f64).count();
        assert!(most == rows.len(), "{router}: {most}");
    }
}

/// A best model at 0.04 USD under a budget for 0.02 USD a request: what is booked keeps to the plan, within the margins.
#[test]
fn spending_keeps_to_the_plan() {
    let models = models(&[("a/1", "0.04", ""), ("a/2", "0.02", ""), ("a/3", "0.01", "")]);
    let router = "[strategies.only.router.budget_aware]\nmodels = [\"a/1\", \"a/2\", \"a/3\"]\n\
                  budget = \"80 USD\"\nperiod = \"1d\"\nmargin = \"2%\"\n";
    let rows = rows(&models, router);
    assert!(rows.iter().all(|row| attempts(row, 0) > 0.0 && attempts(row, 1) > 0.0));
    // Two margins ahead of the plan the cheapest takes over, at 50 % of the rate that the plan allows.
    assert!(rows.iter().all(|row| row.cost.to_f64() > 76.0 && row.cost.to_f64() < 84.0), "{:?}", rows[0].cost);
}

/// Groups that fall back from a weighted router to the cheapest of two, and the same as one tree: every row is the same.
#[test]
fn a_tree_is_what_its_groups_are() {
    let models = models(&[
        ("a/1", "0.01", "failure = \"30%\""),
        ("a/2", "0.01", "failure = \"50%\""),
        ("a/3", "0.03", ""),
        ("a/4", "0.02", "failure = \"20%\""),
    ]);
    let retry = "retry = { attempts = 2, on = [\"failed\"], backoff.constant = \"1s\" }\n";
    let tree = "[strategies.only.router]\nconditional = [\n\
                { router.weighted = { \"a/1\" = 3, \"a/2\" = 1 } }, { router.cheapest = [\"a/3\", \"a/4\"] },\n]\n";
    let groups = "[strategies.only.groups]\nfirst.router.weighted = { \"a/1\" = 3, \"a/2\" = 1 }\n\
                  second.router.cheapest = [\"a/3\", \"a/4\"]\n[strategies.only.fallbacks.general]\nfirst = [\"second\"]\n";
    let tree = rows(&models, &format!("[strategies.only]\n{retry}{tree}"));
    let groups = rows(&models, &format!("[strategies.only]\n{retry}group = \"first\"\n{groups}"));
    assert!(tree.iter().all(|row| (0..4).all(|at| attempts(row, at) > 0.0)));
    assert_eq!(tree, groups);
}
