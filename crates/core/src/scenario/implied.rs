//! What ẑ, or a speed of convergence, implies of β.

use super::diagnostics::{At, brief};
use super::document::{Node, Value};
use super::keys::Keys;
use super::reader::{Reader, list};
use crate::model::catch_up::{BETA_PERIOD_MAX, CatchUp, Pace};

/// The place of a value, or of the nearest table around it.
pub(super) fn place(root: &Node, path: &[&str]) -> At {
    let mut at = root.key_at.clone();
    let mut node = root;
    for key in path {
        let Value::Table(table) = &node.value else { break };
        let Some(inner) = table.get(*key) else { break };
        at = if matches!(inner.value, Value::Table(_)) { inner.key_at.clone() } else { inner.at.clone() };
        node = inner;
    }
    at
}

/// ẑ needs learning in every sector, and a β that the period can follow; a speed of convergence, a β above 0.
pub(super) fn check_implied(keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let Some((pace, given)) = keys.catch_up.pace() else { return };
    match pace {
        Pace::Beta => {}
        Pace::ZHat => check_z_hat(given, keys, root, reader),
        Pace::Speed => check_speed(given, keys, root, reader),
    }
}

fn check_speed(speed: f64, keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let implied = |x: f64| Pace::Speed.beta(keys.catch_up.form, keys.shape(), speed, x).unwrap_or(f64::NAN);
    let beta = keys.learning().map(|(name, x)| (name, x, implied(x)));
    let Some((name, x, beta)) = beta.min_by(|a, b| a.2.total_cmp(&b.2)) else { return };
    if !Pace::Speed.allows(beta, x, keys.time.period) {
        let title = format!("catch_up.speed = {speed} implies beta = {} per year in {name} (x = {x})", brief(beta, 4));
        let hint = "under this form the speed of convergence is beta plus a part of x: it cannot be that low";
        reader.hinted(&place(root, &["catch_up", "speed"]), title, "allowed: a speed whose beta is > 0", hint);
    }
}

fn check_z_hat(z_hat: f64, keys: &Keys, root: &Node, reader: &mut Reader<'_>) {
    let at = place(root, &["catch_up", "z_hat"]);
    let idle: Vec<&str> = keys.learning().filter(|(_, x)| *x == 0.0).map(|(name, _)| name.as_str()).collect();
    if !idle.is_empty() {
        let title = format!("catch_up.z_hat needs x > 0 in every sector, and x is 0 in {}", list(&idle));
        let hint = "z_hat is where catch-up just balances x: give beta instead, or an x > 0";
        reader.error(&at, title, "allowed: z_hat where every x > 0").hint = Some(hint.to_owned());
        return;
    }
    let (form, shape, period) = (keys.catch_up.form, keys.shape(), keys.time.period);
    let implied = |x: f64| Pace::ZHat.beta(form, shape, z_hat, x).unwrap_or(f64::NAN);
    // β grows with x: where any sector's is too large, that of the largest x is.
    let Some((name, x)) = keys.learning().min_by(|a, b| b.1.total_cmp(&a.1)) else { return };
    let beta = implied(x);
    if keys.learning().all(|(_, x)| Pace::ZHat.allows(implied(x), x, period)) {
        return;
    }
    let title = format!("catch_up.z_hat = {z_hat} implies beta = {} per year in {name} (x = {x})", brief(beta, 4));
    let allowed =
        format!("allowed: z_hat whose beta is > 0 and, times time.period ({period}), at most {BETA_PERIOD_MAX}");
    let error = reader.error(&at, title, allowed);
    let largest = CatchUp { form, beta: BETA_PERIOD_MAX / period, shape }.z_hat(x);
    // Four digits, rounded down.
    let largest = largest.map(|z_hat| (z_hat * 1e4).floor() / 1e4).filter(|z_hat| (1e-4..1.0).contains(z_hat));
    error.hint = Some(match largest {
        Some(largest) => format!("z_hat can be at most {largest} here, or time.period shorter"),
        None => "a smaller z_hat or a shorter time.period".to_owned(),
    });
}
