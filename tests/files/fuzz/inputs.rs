//! Inputs: scenarios and sweeps made from the list of keys, so that a new key is tried from the day it exists, and what
//! becomes of a text when lines, values or bytes of it are changed.

use catchup::design::Kind;
use catchup::model::catch_up::{Form, Pace};
use catchup::model::range::{End, Range};
use catchup::scenario::key::{Count, Key, Section, Takes};
use catchup::scenario::keys;
use fastrand::Rng;

/// A table of a file: its header and its lines.
struct Table {
    header: String,
    listed: bool,
    lines: Vec<(String, String)>,
}

fn any<'a, T: ?Sized>(rng: &mut Rng, of: &[&'a T]) -> &'a T {
    of[rng.usize(0..of.len())]
}

/// A number whose logarithm is about `middle`; now and then far from it, or as far as a double goes.
fn power(rng: &mut Rng, middle: f64) -> f64 {
    let spread = match rng.u8(0..20) {
        0 => 300.0,
        1 => 12.0,
        2 | 3 => 3.0,
        _ => 0.3,
    };
    10_f64.powf(middle + spread * (2.0 * rng.f64() - 1.0)).clamp(f64::MIN_POSITIVE, f64::MAX)
}

/// A number in a range: of the size that the unit suggests, or extreme.
fn number(rng: &mut Rng, range: Range, unit: &str) -> f64 {
    let middle = match unit {
        "per year" => -1.6,
        "years" | "years after t = 0" => 1.0,
        _ => 0.0,
    };
    let (low, high) = (range.low, range.high);
    let value = match (low, high) {
        (End::Included(low) | End::Excluded(low), End::Included(high) | End::Excluded(high)) => match rng.u8(0..12) {
            0 => low,
            1 => high,
            2 => low.next_up(),
            3 => high.next_down(),
            4 => low + (high - low) * power(rng, -9.0).min(1.0),
            _ => low + (high - low) * rng.f64(),
        },
        (End::Included(low), _) if rng.u8(0..8) == 0 => low,
        (End::Included(low) | End::Excluded(low), _) => low + power(rng, if low > 0.0 { -0.5 } else { middle }),
        _ => power(rng, 3.0) * if rng.u8(0..4) == 0 { -1.0 } else { 1.0 },
    };
    if range.whole { value.round() } else { value }
}

const SECTORS: [&str; 5] = ["s0", "s1", "s2", "s3", "s4"];

/// A value that a key may take, as TOML; the scenario has `n` sectors.
fn value(rng: &mut Rng, key: &Key, n: usize) -> Option<String> {
    let sectors = &SECTORS[..n];
    Some(match key.takes {
        Takes::Number(range) => format!("{:?}", number(rng, range, key.unit)),
        Takes::Flag => rng.bool().to_string(),
        Takes::Word(words) => format!("{:?}", words()[rng.usize(0..words().len())].name),
        Takes::Start if rng.bool() => format!("\"cluster:{}\"", any(rng, sectors)),
        Takes::Start => "\"isolation\"".to_owned(),
        Takes::Sectors => format!("[{:?}]", any(rng, sectors)),
        Takes::Text(_) => format!("{:?}", any(rng, &["Norte", "a < b & c", "Ærø – “x”", "_{P} ^", "x"])),
        Takes::Promotion if rng.u8(0..3) > 0 => format!("{:?}", any(rng, sectors)),
        Takes::Promotion => {
            let mut rule = lines(rng, Section::Rule, n, &[]);
            for belief in lines(rng, Section::Perceived, n, &[]) {
                let path = format!("perceived.\"sector.{}.{}\"", any(rng, sectors), belief.0);
                rule.push((path, belief.1));
            }
            let rule: Vec<String> = rule.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
            format!("{{ {} }}", rule.join(", "))
        }
        Takes::Settings
        | Takes::Scenario
        | Takes::Specifications
        | Takes::Layers
        | Takes::Carried
        | Takes::Groups
        | Takes::Correlations
        | Takes::Numbers(_)
        | Takes::Values
        | Takes::Beliefs => return None,
    })
}

/// The lines of a table: keys that must be given, and some of the others but for those in `without`.
fn lines(rng: &mut Rng, section: Section, n: usize, without: &[&str]) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for key in keys::of_section(section).filter(|key| !without.contains(&key.name)) {
        let required = matches!(key.otherwise, catchup::scenario::key::Otherwise::Required);
        if required || rng.u8(0..3) == 0 {
            lines.extend(value(rng, key, n).map(|value| (key.name.to_owned(), value)));
        }
    }
    lines
}

/// `[catch_up]`: a form, one of the ways to give its speed, its own parameter.
fn catch_up(rng: &mut Rng) -> Vec<(String, String)> {
    let form = Form::ALL[rng.usize(0..Form::ALL.len())];
    let mut lines = vec![("form".to_owned(), format!("{:?}", form.name()))];
    let paces: Vec<&str> = ["beta", "z_hat", "speed"].into_iter().filter(|key| form.uses(key)).collect();
    let pace = if rng.u8(0..3) > 0 { paces[0] } else { any(rng, &paces) };
    assert_eq!(Pace::ALL.len(), 3, "every way to give a speed is tried");
    for key in keys::of_section(Section::CatchUp) {
        let own = form.shape().is_some_and(|shape| shape.key == key.name);
        if key.name == pace || own {
            lines.extend(value(rng, key, 2).map(|value| (key.name.to_owned(), value)));
        }
    }
    lines
}

/// The tables of a scenario; most of them are valid.
fn tables(rng: &mut Rng) -> Vec<Table> {
    let n = rng.usize(2..=SECTORS.len());
    let one = |header: &str, lines| Table { header: header.to_owned(), listed: false, lines };
    let period = power(rng, 0.0).clamp(1e-6, 1e6);
    let most = if rng.u8(0..50) == 0 { 3_000 } else { 120 };
    let periods = rng.u32(1..most);
    let mut time = lines(rng, Section::Time, n, &["horizon", "period"]);
    time.push(("horizon".to_owned(), format!("{:?}", f64::from(periods) * period)));
    time.push(("period".to_owned(), format!("{period:?}")));
    let mut growth = lines(rng, Section::Growth, n, &["x"]);
    growth.push(("x".to_owned(), format!("{:?}", power(rng, -1.8))));
    let mut tables = vec![one("time", time), one("growth", growth), one("catch_up", catch_up(rng))];
    for sector in &SECTORS[..n] {
        tables.push(one(&format!("sector.{sector}"), lines(rng, Section::Sector, n, &["alpha"])));
    }
    for section in [Section::Regions, Section::Poor, Section::Welfare, Section::Solver] {
        tables.push(one(section.name(), lines(rng, section, n, &[])));
    }
    for _ in 0..rng.usize(0..3) {
        let mut policy = lines(rng, Section::Policy, n, &["until", "trade"]);
        if !policy.iter().any(|(key, _)| key == "promote") {
            policy.retain(|(key, _)| ["from", "label"].contains(&key.as_str()));
            policy.push(("trade".to_owned(), format!("{:?}", any(rng, &["open", "closed"]))));
        }
        tables.push(Table { header: "policy".to_owned(), listed: true, lines: policy });
    }
    let shocked: Vec<&Key> = keys::all().iter().filter(|key| key.shocked).collect();
    for _ in 0..rng.usize(0..3) {
        let mut shock = lines(rng, Section::Shock, n, &["set"]);
        let key = any(rng, &shocked);
        let path = key.path().replace('*', any(rng, &SECTORS[..n]));
        shock.extend(value(rng, key, n).map(|value| ("set".to_owned(), format!("{{ {path:?} = {value} }}"))));
        tables.push(Table { header: "shock".to_owned(), listed: true, lines: shock });
    }
    tables
}

/// The text of some tables, each header behind `prefix`.
fn text(tables: &[Table], prefix: &str) -> String {
    let mut text = String::new();
    for Table { header, listed, lines } in tables {
        let header = format!("[{prefix}{header}]");
        text += &if *listed { format!("[{header}]\n") } else { format!("{header}\n") };
        lines.iter().for_each(|(key, value)| text += &format!("{key} = {value}\n"));
    }
    text
}

/// A scenario, valid in most cases, with extreme values in many.
pub fn scenario(rng: &mut Rng) -> String {
    format!("schema_version = 1\n{}", text(&tables(rng), ""))
}

/// A sweep that holds its scenario, valid in most cases.
pub fn sweep(rng: &mut Rng) -> String {
    let tables = tables(rng);
    let kind = Kind::ALL[rng.usize(0..Kind::ALL.len())];
    let draws = rng.usize(2..9);
    let mut design = format!("kind = {:?}\n", kind.name());
    if !matches!(kind, Kind::Grid | Kind::Table) {
        design += &format!("samples = {draws}\n");
    }
    let wanted = |key: &&Key| {
        let inside = matches!(key.section.count(), Count::Inside(_));
        key.varies() && !inside && !["start", "horizon", "period"].contains(&key.name)
    };
    let known: Vec<&Key> = keys::all().iter().filter(wanted).collect();
    let mut vary = String::new();
    for _ in 0..rng.usize(1..4) {
        let key = any(rng, &known);
        let path = key.path().replace('*', if key.section == Section::Sector { any(rng, &SECTORS[..2]) } else { "0" });
        if vary.contains(&path) {
            continue;
        }
        let mut drawn: Vec<String> = (0..draws).filter_map(|_| value(rng, key, 2)).collect();
        let manner = match (kind, key.takes) {
            (Kind::Table, _) => format!("column = [{}]", drawn.join(", ")),
            (Kind::Grid, _) | (_, Takes::Flag | Takes::Word(_) | Takes::Promotion | Takes::Start) => {
                drawn.sort();
                drawn.dedup();
                drawn.truncate(3);
                format!("values = [{}]", drawn.join(", "))
            }
            _ => {
                let mut ends: Vec<f64> = drawn.iter().filter_map(|drawn| drawn.parse().ok()).collect();
                ends.sort_by(f64::total_cmp);
                let [low, high] = [ends[0], ends[ends.len() - 1]];
                let middle = low + (high - low) * rng.f64();
                match rng.u8(0..5) {
                    0 => format!("log_uniform = [{low:?}, {high:?}]"),
                    1 => format!("normal = [{middle:?}, {:?}], min = {low:?}, max = {high:?}", power(rng, -2.0)),
                    2 => format!("triangular = [{low:?}, {middle:?}, {high:?}]"),
                    3 => format!("linspace = [{low:?}, {high:?}, {draws}]"),
                    _ => format!("uniform = [{low:?}, {high:?}]"),
                }
            }
        };
        vary += &format!("{path:?} = {{ {manner} }}\n");
    }
    let own = text(&tables, "scenario.");
    let variants =
        "[variants.alone]\npolicy = []\n[variants.held]\npolicy = [{ promote = \"s1\", sustain = \"always\" }]\n";
    let seed = rng.u32(..);
    format!("schema_version = 1\nseed = {seed}\n[design]\n{design}[vary]\n{vary}{own}{variants}")
}

/// Values that stand where others should.
const ODD: [&str; 24] = [
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "-0.0",
    "1e400",
    "5e-324",
    "1.7976931348623157e308",
    "9007199254740993",
    "9223372036854775807",
    "0x10",
    "true",
    "\"\"",
    "\"s0\"",
    "\"s9\"",
    "[]",
    "[[]]",
    "{}",
    "{ a = 1 }",
    "1979-05-27",
    "[1, \"a\"]",
    "'''x'''",
    "0.1.2",
];

/// A text with lines left out, doubled, moved, or with other keys and values.
pub fn rearranged(rng: &mut Rng, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..rng.usize(1..4) {
        if lines.is_empty() {
            break;
        }
        let (at, other) = (rng.usize(0..lines.len()), rng.usize(0..lines.len()));
        match rng.u8(0..8) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(other, lines[at].clone()),
            2 => lines.swap(at, other),
            3 => lines.truncate(at),
            4 => {
                let key = keys::all()[rng.usize(0..keys::all().len())].name;
                if let Some((_, value)) = lines[at].split_once('=') {
                    lines[at] = format!("{key} ={value}");
                }
            }
            _ => {
                if let Some((key, value)) = lines[at].clone().split_once('=') {
                    let borrowed = lines[other].split_once('=').map_or("1", |(_, value)| value).to_owned();
                    let new = if rng.u8(0..3) == 0 { borrowed } else { any(rng, &ODD).to_owned() };
                    // Beside the whole value, one of the numbers in it.
                    let inside = value.split(['[', ']', ',', ' ']).find(|part| part.parse::<f64>().is_ok());
                    lines[at] = match inside.filter(|_| rng.bool()) {
                        Some(part) => format!("{key}={}", value.replacen(part, &new, 1)),
                        None => format!("{key} = {new}"),
                    };
                }
            }
        }
    }
    lines.join("\n")
}

/// A text with bytes flipped, left out, doubled, or taken from `other`.
pub fn garbled(rng: &mut Rng, text: &str, other: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..rng.usize(1..6) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.usize(0..bytes.len());
        let end = (at + rng.usize(1..12)).min(bytes.len());
        match rng.u8(0..6) {
            0 => bytes[at] ^= 1 << rng.u8(0..8),
            1 => drop(bytes.drain(at..end)),
            2 => bytes[at] = any(rng, &[b"=", b"[", b"]", b"\"", b"\n", b".", b"-", b"e", b"9", b"\0"])[0],
            3 => bytes[at] = b'0' + rng.u8(0..10),
            4 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let from = rng.usize(0..other.len().max(1));
                let to = (from + rng.usize(1..60)).min(other.len());
                bytes.splice(at..end, other.as_bytes()[from.min(to)..to].iter().copied());
            }
        }
    }
    bytes
}
