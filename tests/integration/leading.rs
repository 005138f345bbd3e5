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

/// Whatever leads to a model that is none says so, with the nearest name; all of it at once.
#[test]
fn an_unknown_model_is_said_wherever_a_name_leads() {
    let successor = WIDE.to_owned() + "life = { shutdown = 2026-01-02, successor = \"p/narow\" }\n";
    let moving = "[strategies.only]\nrouter.single = \"p/wide\"\nmigrate.ahead = \"1h\"\n";
    let floating =
        "[models.\"p/latest\"]\nversions = [{ model = \"p/wdie\" }]\n[strategies.other]\nrouter.single = \"p/latest\"\n";
    let failover = "[gateways.g]\nfailover.\"p/wied\" = [\"p/narrw\"]\n";
    let shown = mistakes(&format!("{NARROW}{successor}{floating}{failover}{moving}"));
    for (wrong, near) in [("p/narow", "p/narrow"), ("p/wdie", "p/wide"), ("p/wied", "p/wide"), ("p/narrw", "p/narrow")] {
        let at = shown.find(&format!("error: unknown model \"{wrong}\"")).unwrap_or_else(|| panic!("{wrong}: {shown}"));
        let help = shown[at..].lines().find(|line| line.contains("= help")).expect("a help");
        assert!(help.contains(&format!("did you mean \"{near}\"?")), "{wrong}: {shown}");
    }
    assert_eq!(shown.matches("error:").count(), 4, "{shown}");
}

#[test]
fn a_gateway_goes_on_to_other_models_that_do_not_float() {
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/wide\" }]\n";
    let failover = "[gateways.g]\nfailover = { \"p/wide\" = [\"p/wide\", \"p/latest\"], \"p/latest\" = [\"p/wide\"] }\n";
    let shown = mistakes(&format!("{WIDE}{floating}{failover}[strategies.only]\nrouter.single = \"p/wide via g\"\n"));
    assert!(shown.contains("\"p/wide\" fails over to itself"), "{shown}");
    let floats = "a gateway does not fail over by \"p/latest\", a name that floats";
    assert_eq!((shown.matches(floats).count(), shown.matches("name what it stands for: \"p/wide\"").count()), (2, 2), "{shown}");
    assert_eq!(shown.matches("error:").count(), 3, "{shown}");
}

#[test]
fn nothing_is_read_that_is_not_used() {
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/wide\" }]\nlatency = \"9s\"\nbilling.failed = \"yes\"\n";
    let through = "[models.\"p/wide via g\"]\nacceptance = \"20%\"\n[gateways.g]\n";
    let journey = "[workload.journey]\nrounds = 2\nthink_time = \"1s\"\n";
    let shown = mistakes(&format!("{WIDE}{floating}[strategies.only]\nrouter.single = \"p/latest\"\n"));
    for key in ["latency", "billing"] {
        assert!(shown.contains(&format!("\"p/latest\" is a name that floats: it has no {key} of its own")), "{shown}");
    }
    let shown = mistakes(&format!("{journey}{WIDE}{through}[strategies.only]\nrouter.single = \"p/wide via g\"\n"));
    assert!(shown.contains("write [models.\"p/wide\"], and what the gateway adds in [gateways.g]"), "{shown}");
    // What is missing is to be given where it would be read.
    assert!(shown.contains("has no acceptance") && shown.contains("give it in [models.\"p/wide\"]"), "{shown}");
    assert!(!shown.contains("give it in [models.\"p/wide via g\"]"), "{shown}");
}

/// A tier that is bought must be one that some limit of the account knows; of accounts that nothing uses nothing is asked.
#[test]
fn a_contract_buys_a_tier_that_there_is() {
    let limits = "limits.images = \"1/min\"\nlimits.tiers = [{ name = \"gold\", images = \"5/min\" }]\n";
    let world = |account: &str, tier: &str| {
        format!("{WIDE}{limits}[accounts.{account}]\ntier = \"{tier}\"\n[strategies.only]\nrouter.single = \"p/wide\"\n")
    };
    let shown = mistakes(&world("p", "golden"));
    assert!(shown.contains("no limit of account \"p\" has a tier \"golden\""), "{shown}");
    assert!(shown.contains("did you mean \"gold\"? its tiers: gold"), "{shown}");
    let good = crate::fixture::world("constant.rate = \"24/d\"", "2d", 1, &world("p", "gold"));
    compile(&good);
}
