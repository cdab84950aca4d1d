//! `cargo bench --bench explain`: which key matters, of 524,288 draws of 5 keys and 12 measures, on two threads: seconds and peak
//! memory.
//!
//! Options after `--`: `--draws N`, `--threads N`; `--columns FILE`, which writes keys and measures as little-endian doubles,
//! column after column; `--json FILE`, which writes the figures. `benches/peers` uses them.

#![expect(clippy::print_stdout, reason = "a program that prints figures")]

use catchup::design::{Axis, Design, Distribution, Kind};
use catchup::explain::{Classed, Key, importance};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const KEYS: usize = 5;
const MEASURES: usize = 12;

fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)
}

fn number(name: &str, default: usize) -> usize {
    option(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Measures of one shape: a bend, an interaction and a threshold, each with weights of its own.
fn measure(which: usize, u: [f64; KEYS]) -> f64 {
    let w = |key: usize| ((which * 7 + key * 3) % 5) as f64;
    let smooth = w(0) * u[0] + w(1) * u[1] * u[1] + w(2) * u[2] * u[3];
    if u[4] + 0.5 * u[0] > 0.9 { smooth + w(4) } else { smooth }
}

/// Peak memory of this process, bytes; `None` where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

fn main() {
    let (draws, threads) = (number("--draws", 524_288), number("--threads", 2));
    let axes = vec![Axis::Distribution(Distribution::Uniform { low: 0.0, high: 1.0 }); KEYS];
    let mut keys = vec![vec![0.0; draws]; KEYS];
    Design::new(Kind::Random, 1, draws as u64, axes).fill(0, &mut keys);
    let column = |which: usize| -> Vec<f64> {
        (0..draws).map(|row| measure(which, std::array::from_fn(|key| keys[key][row]))).collect()
    };
    if let Some(file) = option("--columns") {
        let measures = (0..MEASURES).map(column);
        let bytes = keys.iter().cloned().chain(measures).flatten().flat_map(f64::to_le_bytes).collect::<Vec<u8>>();
        std::fs::write(file, bytes).expect("a file that can be written");
    }
    let before = peak();
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let classed: Vec<Classed> = keys.iter().map(|key| Classed::new(Key::Numbers(key))).collect();
        let next = AtomicUsize::new(0);
        // The making of the columns, which a sweep's table would give, is not counted.
        let mut making = vec![0.0; threads];
        std::thread::scope(|scope| {
            for made in &mut making {
                scope.spawn(|| {
                    loop {
                        let which = next.fetch_add(1, Ordering::Relaxed);
                        if which >= MEASURES {
                            break;
                        }
                        let start = Instant::now();
                        let column = column(which);
                        *made += start.elapsed().as_secs_f64();
                        black_box(importance(&classed, &column).expect("it varies"));
                    }
                });
            }
        });
        seconds.push(start.elapsed().as_secs_f64() - making.iter().sum::<f64>() / threads as f64);
    }
    seconds.sort_by(f64::total_cmp);
    let (median, memory) = (seconds[1], peak());
    println!("{draws} draws x {KEYS} keys x {MEASURES} measures, {threads} threads: {median:.2} s");
    if let (Some(before), Some(memory)) = (before, memory) {
        println!("peak memory {} MB, of which the keys' columns {} MB", memory >> 20, before >> 20);
    }
    if let Some(file) = option("--json") {
        let figures = serde_json::json!({ "seconds": median, "memory": memory, "draws": draws, "threads": threads });
        std::fs::write(file, figures.to_string()).expect("a file that can be written");
    }
}
