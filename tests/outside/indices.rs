//! Protects that importance of keys is what others compute: on the same samples SALib's Sobol indices, elementary effects and PAWN to
//! 1e-10, its bootstrap's intervals about as wide.
//!
//! Needs Python with the package `SALib`.

use crate::common::root;
use crate::{ensure, missing_packages, python, trial};
use catchup::explain::{Classes, Estimate, Key, Measured, Steps, Untold, morris, pawn, sobol};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::process::Command;

const SAME: f64 = 1e-10;

pub fn trials() -> Vec<Trial> {
    vec![trial("indices are those of SALib", missing_packages(&["SALib"]), same)]
}

fn same() -> Result<(), Failed> {
    let ran = Command::new(python()).arg("-B").arg(root().join("tests/outside/salib.py")).output()?;
    ensure(ran.status.success(), || String::from_utf8_lossy(&ran.stderr).into_owned())?;
    let known: Value = serde_json::from_slice(&ran.stdout)?;
    crossings(&known["first_order"], false)?;
    crossings(&known["second_order"], true)?;
    trajectories(&known["trajectories"])?;
    any(&known["any"])
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn columns(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().into_iter().flatten().map(numbers).collect()
}

fn measured(of: &Value) -> Result<Measured, Failed> {
    Measured::new(&numbers(&of["y"])).map_err(|why| why.meaning().into())
}

/// The same numbers, as many.
fn equal(what: &str, found: &[f64], known: &[f64], within: f64) -> Result<(), Failed> {
    let near =
        found.len() == known.len() && found.iter().zip(known).all(|(a, b)| (a - b).abs() <= within * b.abs().max(1.0));
    ensure(near && !known.is_empty(), || format!("{what}: {found:?}, SALib has {known:?}"))
}

fn values(estimates: &[Estimate]) -> Vec<f64> {
    estimates.iter().map(|estimate| estimate.value).collect()
}

fn crossings(known: &Value, second_order: bool) -> Result<(), Failed> {
    let found = sobol(&measured(known)?, 3, second_order).map_err(Untold::meaning)?;
    equal("first order", &values(&found.first), &numbers(&known["first"]), SAME)?;
    equal("total order", &values(&found.total), &numbers(&known["total"]), SAME)?;
    if second_order {
        let second: Vec<f64> = found.second.iter().map(|pair| pair.index.value).collect();
        equal("second order", &second, &numbers(&known["second"]), SAME)?;
    }
    // A bootstrap of 2,000 draws is itself uncertain by 2 %; its distribution is not quite normal.
    for (estimates, conf) in [(&found.first, "first_conf"), (&found.total, "total_conf")] {
        let half: Vec<f64> = estimates.iter().map(|estimate| estimate.high - estimate.value).collect();
        let ratios: Vec<f64> = half.iter().zip(numbers(&known[conf])).map(|(own, other)| own / other).collect();
        equal(conf, &ratios, &[1.0; 3], 0.12)?;
    }
    Ok(())
}

fn trajectories(known: &Value) -> Result<(), Failed> {
    let keys = columns(&known["x"]);
    let keys: Vec<Key<'_>> = keys.iter().map(|column| Key::Numbers(column)).collect();
    let step = known["step"].as_f64().unwrap_or(f64::NAN);
    let steps = Steps::found(&keys, step).map_err(|row| format!("draw {row} moves no single key"))?;
    let found: Result<Vec<_>, _> = morris(&measured(known)?, &steps).into_iter().collect();
    let found = found.map_err(Untold::meaning)?;
    let of = |what: fn(&catchup::explain::Effects) -> Estimate| -> Vec<f64> {
        found.iter().map(|key| what(key).value).collect()
    };
    equal("μ", &of(|key| key.mean), &numbers(&known["mu"]), SAME)?;
    equal("μ*", &of(|key| key.size), &numbers(&known["mu_star"]), SAME)?;
    equal("σ", &of(|key| key.deviation), &numbers(&known["sigma"]), SAME)
}

fn any(known: &Value) -> Result<(), Failed> {
    let measured = measured(known)?;
    let (mut medians, mut maxima) = (Vec::new(), Vec::new());
    for codes in known["codes"].as_array().into_iter().flatten() {
        let codes = codes.as_array().into_iter().flatten();
        let classes = Classes::given(codes.map(|code| code.as_u64().and_then(|code| u8::try_from(code).ok())));
        let found = pawn(&classes, &measured).map_err(Untold::meaning)?;
        medians.push(found.median.value);
        maxima.push(found.maximum.value);
    }
    equal("PAWN's median", &medians, &numbers(&known["median"]), SAME)?;
    equal("PAWN's maximum", &maxima, &numbers(&known["maximum"]), SAME)
}
