//! Elementary functions under the names that Rust gives them, the same bits on every machine: those of `libm`. What the
//! standard library offers under these names is the C library's of the machine, each with last digits of its own.
//! ([`mod@crate::column`] has its own for many numbers at once. `sqrt` is exact everywhere.)

pub use libm::{
    acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, cos, cosh, erfc, exp, exp2, exp10, expm1 as exp_m1, hypot,
    lgamma as ln_gamma, log as ln, log1p as ln_1p, log2, log10, pow as powf, sin, sinh, tan, tanh,
};

/// A number's bits in the order of the numbers; −0 and 0 are the same.
pub fn sortable(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}
