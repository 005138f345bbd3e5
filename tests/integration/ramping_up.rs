//! A model that ramps up after a cooldown: half of the requests of that time, in the mean, go to others.

use spendcast::model::Outcome;

use crate::fixture::{assert_mean, run, world};

/// The first of two models is launched after a day. Its only cooldown begins with the first request, which finds it gone, and lasts
/// a day. A request a minute then: the k-th of the 720 while it ramps up goes there with probability k / 720, all later ones do.
#[test]
fn half_of_the_ramp_goes_elsewhere() {
    let text = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\nlife.launch = 2026-01-02\n\
        [models.\"q/b\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\n\
        [strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\n\
        cooldown = { time = \"24h\", always = [\"gone\"], ramp_up = \"12h\" }\n\
        [strategies.at-once]\nrouter.fallback = [\"p/a\", \"q/b\"]\ncooldown = { time = \"24h\", always = [\"gone\"] }\n";
    let rows = run(&world("constant.rate = \"60/h\"", "3d", 150, text)).rows;
    let (ramped, at_once): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.strategy == 0);
    let of_ramp: f64 = (0..720).map(|k| f64::from(k) / 720.0).sum();
    assert_mean(&ramped, |row| row.answers[0][Outcome::Delivered as usize] as f64, of_ramp + 2160.0, "ramped");
    assert!(ramped.iter().all(|row| row.answers[0][Outcome::Gone as usize] == 1 && row.delivered == row.requests));
    assert!(at_once.iter().all(|row| row.answers[0][Outcome::Delivered as usize] == 2880));
}
