//! What a name leads to is checked as if it had been named: versions, failovers and successors; no course goes in circles.

use crate::fixture::{compile, world};

/// The mistakes of a scenario, rendered.
fn mistakes(rest: &str) -> String {
    let failed = std::panic::catch_unwind(|| compile(&world("constant.rate = \"24/d\"", "2d", 1, rest)).1).expect_err("refused");
    failed.downcast_ref::<String>().expect("a text").clone()
}

const NARROW: &str = "[models.\"p/narrow\"]\nprice.table.standard.\"512x512\" = \"0.04 USD\"\nlatency = \"1s\"\n";
const WIDE: &str = "[models.\"p/wide\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\n";

#[test]
fn a_price_is_missed_wherever_a_name_leads() {
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/wide\" }, { from = 2026-01-02, model = \"p/narrow\" }]\n";
    let successor = WIDE.to_owned() + "life = { shutdown = 2026-01-02, successor = \"p/narrow\" }\n";
    let failover = "[gateways.g]\nfailover.\"p/wide\" = [\"p/narrow\"]\n";
    for (rest, strategy) in [
        (format!("{WIDE}{floating}"), "router.single = \"p/latest\""),
        (successor.clone(), "router.single = \"p/wide\"\nmigrate.ahead = \"1h\""),
        (format!("{WIDE}{failover}"), "router.single = \"p/wide via g\""),
    ] {
        let shown = mistakes(&format!("{NARROW}{rest}[strategies.only]\n{strategy}\n"));
        assert!(shown.contains("has no price for images of 1024x1024 standard"), "{shown}");
    }
    // Who does not move needs no successor.
    compile(&world(
        "constant.rate = \"24/d\"",
        "2d",
        1,
        &format!("{NARROW}{successor}[strategies.only]\nrouter.single = \"p/wide\"\n"),
    ));
}

/// A draft of a version is accepted as often as that version's are.
#[test]
fn an_acceptance_is_missed_wherever_a_name_leads() {
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/wide\" }]\n";
    let journey = "[workload.journey]\nrounds = 2\nthink_time = \"1s\"\n";
    let shown = mistakes(&format!("{journey}{WIDE}{floating}[strategies.only]\nrouter.single = \"p/latest\"\n"));
    assert!(shown.contains("acceptance"), "{shown}");
}

#[test]
fn circles_are_refused() {
    let model = |name: &str, successor: &str| {
        WIDE.replace("p/wide", name) + &format!("life = {{ shutdown = 2026-01-02, successor = \"{successor}\" }}\n")
    };
    let circle =
        model("p/a", "p/b") + &model("p/b", "p/a") + "[strategies.only]\nrouter.single = \"p/a\"\nmigrate.lag = \"1h\"\n";
    assert!(mistakes(&circle).contains("the successors of \"p/a\" lead back to it"));
    let nested = "[models.\"p/x\"]\nversions = [{ model = \"p/wide\" }]\n[models.\"p/y\"]\nversions = [{ model = \"p/x\" }]\n[strategies.only]\nrouter.single = \"p/y\"\n";
    assert!(mistakes(&format!("{WIDE}{nested}")).contains("\"p/x\" is a name that floats itself"));
}

#[test]
fn a_gateway_that_is_none_is_said_by_its_name() {
    let shown = mistakes(&format!("{WIDE}[gateways.router]\n[strategies.only]\nrouter.single = \"p/wide via ruoter\"\n"));
    assert!(shown.contains("did you mean \"router\"?"), "{shown}");
}

/// `cheapest` for one class need not price what only the other class asks for.
#[test]
fn routers_of_other_classes_need_no_price() {
    let text = format!(
        "[workload.classes.small]\nshare = \"50%\"\nsize = \"512x512\"\n{NARROW}{WIDE}\
         [strategies.only]\nrouter.cheapest = [\"p/wide\"]\nrules = [{{ when.class = \"small\", router.cheapest = [\"p/wide\", \"p/narrow\"] }}]\n"
    );
    let text = world("constant.rate = \"24/d\"", "2d", 1, &text)
        .replace("[workload.classes.only]\n", "[workload.classes.only]\nshare = \"50%\"\n");
    assert_eq!(crate::fixture::run(&text).rows[0].delivered, 48);
}
