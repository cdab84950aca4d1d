//! Protects the whole path from a scenario file to rows, events and every measure: a second, naive implementation of the
//! model (`reference/path.rs` and its neighbours), written from its description alone, must come to the same results as the
//! program on thousands of random scenarios (`reference/draw.rs`).
//!
//! A scenario is compared up to the first row that hangs on a comparison too close to call, where an error of the
//! integration could decide which equilibrium holds; such rows must be rare.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, y_P, v_Is")]
#![allow(dead_code, reason = "the comparison with the program comes with its version 2")]
#![expect(clippy::needless_range_loop, reason = "i is the sector, in several lists at once")]

mod ahead;
mod alone;
mod draw;
mod edges;
mod measures;
mod motion;
mod parts;
mod path;
mod stretch;
mod values;
mod world;

/// First seed of the random scenarios.
const SEED: u64 = 20_250_000;

/// Whether two values agree up to a relative error.
fn near(a: f64, b: f64, error: f64) -> bool {
    a == b || (a - b).abs() <= error * a.abs().max(b.abs())
}

/// `check` of `cases` seeds from `first` on, on as many threads as there are cores.
fn for_all<T: Send>(first: u64, cases: u64, check: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = |thread: usize| {
        let check = &check;
        move || (first..first + cases).skip(thread).step_by(threads).map(check).collect::<Vec<T>>()
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("no scenario panics")).collect()
    })
}
