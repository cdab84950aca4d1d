//! Columns of numbers, one per date: the arithmetic of a run, written once for one date (`B = 1`) and for several at
//! once. Every operation acts on each entry by itself, in IEEE double precision and with nothing fused, so a column
//! holds the same bits whatever its width and whatever instructions the processor has.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// Dates that a run takes at once where nothing changes: few enough to waste little where something does, a divisor of the
/// round numbers that horizons tend to be.
pub const DATES: usize = 40;

/// A number at one date (`f64`), or one for each of several (`Col`): what the trade step is written over.
pub trait Number:
    Copy
    + std::fmt::Debug
    + Default
    + PartialEq
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// What a comparison gives.
    type Truth: Truth<Self>;
    /// The same number everywhere.
    fn all(value: f64) -> Self;
    /// The larger of two.
    fn larger(self, other: Self) -> Self;
    /// |x|.
    fn size(self) -> Self;
    /// Whether it is at least the other.
    fn at_least(self, other: Self) -> Self::Truth;
    /// e^x. Errors stay below one unit in the last place and a half; exact at 0.
    fn exponential(self) -> Self;
    /// e^x − 1.
    fn exp_less_1(self) -> Self;
    /// Natural logarithm of a number > 0, subnormal ones excepted. Errors stay below one unit in the last place and a half.
    fn natural_log(self) -> Self;
}

/// Whether something holds, at one date or at each of several.
pub trait Truth<N>: Copy {
    /// The same truth everywhere.
    fn all(value: bool) -> Self;
    /// `yes` where true, else `no`.
    fn pick(self, yes: N, no: N) -> N;
    /// Both.
    fn and(self, other: Self) -> Self;
    /// Either.
    fn or(self, other: Self) -> Self;
    /// The opposite.
    fn not(self) -> Self;
    /// Whether it holds everywhere.
    fn everywhere(self) -> bool;
}

impl Number for f64 {
    type Truth = bool;

    #[inline(always)]
    fn all(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    #[inline(always)]
    fn size(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> bool {
        self >= other
    }

    #[inline(always)]
    fn exponential(self) -> Self {
        exp(self)
    }

    #[inline(always)]
    fn exp_less_1(self) -> Self {
        exp_m1(self)
    }

    #[inline(always)]
    fn natural_log(self) -> Self {
        ln(self)
    }
}

impl Truth<f64> for bool {
    #[inline(always)]
    fn all(value: bool) -> Self {
        value
    }

    #[inline(always)]
    fn pick(self, yes: f64, no: f64) -> f64 {
        if self { yes } else { no }
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    fn not(self) -> Self {
        !self
    }

    #[inline(always)]
    fn everywhere(self) -> bool {
        self
    }
}

/// B numbers, where the widest vectors are read and written at once.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Col<const B: usize>(pub [f64; B]);

/// B truths, each as 64 equal bits: what processors make of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask<const B: usize>([u64; B]);

impl<const B: usize> Default for Col<B> {
    fn default() -> Self {
        Self::all(0.0)
    }
}

impl<const B: usize> Col<B> {
    /// 0, 1, 2, …
    #[inline(always)]
    pub fn count() -> Self {
        Self(std::array::from_fn(|j| j as f64))
    }

    /// The first B numbers of `from`.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    pub fn load(from: &[f64]) -> Self {
        let mut column = [0.0; B];
        column.copy_from_slice(&from[..B]);
        Self(column)
    }

    /// Writes the B numbers to the front of `to`.
    ///
    /// # Panics
    /// If there is less room.
    #[inline(always)]
    pub fn store(self, to: &mut [f64]) {
        to[..B].copy_from_slice(&self.0);
    }

    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        let mut column = [0.0; B];
        for (entry, &a) in column.iter_mut().zip(&self.0) {
            *entry = f(a);
        }
        Self(column)
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let mut column = [0.0; B];
        for (entry, (&a, &b)) in column.iter_mut().zip(self.0.iter().zip(&other.0)) {
            *entry = f(a, b);
        }
        Self(column)
    }

    #[inline(always)]
    fn compare(self, other: Self, f: impl Fn(f64, f64) -> bool) -> Mask<B> {
        let mut mask = [0; B];
        for (entry, (&a, &b)) in mask.iter_mut().zip(self.0.iter().zip(&other.0)) {
            *entry = if f(a, b) { u64::MAX } else { 0 };
        }
        Mask(mask)
    }

    /// Where two columns hold the same.
    #[inline(always)]
    pub fn same(self, other: Self) -> Mask<B> {
        self.compare(other, |a, b| a == b)
    }

    /// The sum of all entries, in a fixed order.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        self.0.iter().sum()
    }

    /// e^x and e^x − 1, each to its own last digits.
    #[inline(always)]
    pub fn exponential_and_less_1(self) -> (Self, Self) {
        let (mut exp, mut less_1) = ([0.0; B], [0.0; B]);
        for (&x, (exp, less_1)) in self.0.iter().zip(exp.iter_mut().zip(&mut less_1)) {
            let ([a, b], p) = exp_parts(x);
            (*exp, *less_1) = (a * (1.0 + p) * b, a * b * p + (a * b - 1.0));
        }
        (Self(exp), Self(less_1))
    }

    /// ln(1 + x), also where x is small.
    #[inline(always)]
    pub fn log_of_1_plus(self) -> Self {
        self.map(ln_1p)
    }
}

const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding and taking away 1.5 · 2^52 rounds to a whole number.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// 2^n for a whole number n ∈ [−1022, 1023].
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    f64::from_bits((n + (ROUND + 1023.0)).to_bits() << 52)
}

/// e^x = a b (1 + p): a b = 2^n, in two factors so that neither overflows before the product does; |p| < 0.42.
#[inline(always)]
fn exp_parts(x: f64) -> ([f64; 2], f64) {
    // Beyond these bounds the result is 0 or infinite.
    let x = if x < -746.0 { -746.0 } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let n = (x * std::f64::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    // Taylor: the first term left out is r^14/14! < 4e-18. Terms are paired so that few wait for others.
    let (r_2, r_4) = (r * r, r * r * (r * r));
    let low = (0.5 + r * (1.0 / 6.0)) + r_2 * (1.0 / 24.0 + r * (1.0 / 120.0));
    let middle = (1.0 / 720.0 + r * (1.0 / 5_040.0)) + r_2 * (1.0 / 40_320.0 + r * (1.0 / 362_880.0));
    let high =
        (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0)) + r_2 * (1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0));
    let q = low + r_4 * (middle + r_4 * high);
    let half = (n * 0.5 + ROUND) - ROUND;
    ([power_of_two(half), power_of_two(n - half)], r + r_2 * q)
}

#[inline(always)]
fn exp(x: f64) -> f64 {
    let ([a, b], p) = exp_parts(x);
    a * (1.0 + p) * b
}

#[inline(always)]
fn ln_1p(x: f64) -> f64 {
    // The rounding of 1 + x is undone by the ratio of x to what is left of it.
    let u = 1.0 + x;
    let lost = u == 1.0;
    let ratio = if lost { 1.0 } else { x / (u - 1.0) };
    if lost { x } else { ln(u) * ratio }
}

#[inline(always)]
fn exp_m1(x: f64) -> f64 {
    let ([a, b], p) = exp_parts(x);
    a * b * p + (a * b - 1.0)
}

#[inline(always)]
fn ln(x: f64) -> f64 {
    // x = 2^e m with m from √½ to √2.
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const BIAS: u64 = 1024;
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    let bits = x.to_bits();
    let biased = (bits.wrapping_sub(SQRT_HALF).wrapping_add(BIAS << 52)) >> 52;
    let m = f64::from_bits(bits.wrapping_sub(biased.wrapping_sub(BIAS) << 52));
    let e = f64::from_bits(biased | TWO_52) - (4_503_599_627_370_496.0 + BIAS as f64);
    let f = m - 1.0;
    // ln m = 2 artanh(s) = 2 s + s³ (2/3 + 2/5 s² + …), and 2 s = f − s f. The polynomial is the best one in s² of its
    // degree, 1.4e-18 off at most; its even and its odd terms do not wait for each other.
    let s = f / (2.0 + f);
    let s_2 = s * s;
    let s_4 = s_2 * s_2;
    let even = 0.666_666_666_666_671_3
        + s_4 * (0.285_714_287_219_522_7 + s_4 * (0.181_834_791_049_234_5 + s_4 * 0.147_774_863_863_273_1));
    let odd = 0.399_999_999_995_247_93 + s_4 * (0.222_222_004_020_081_66 + s_4 * 0.153_160_427_924_768_14);
    let series = even + s_2 * odd;
    e * std::f64::consts::LN_2 + (f - s * (f - s_2 * series))
}

impl<const B: usize> Number for Col<B> {
    type Truth = Mask<B>;

    #[inline(always)]
    fn all(value: f64) -> Self {
        Self([value; B])
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        self.zip(other, Number::larger)
    }

    #[inline(always)]
    fn size(self) -> Self {
        self.map(f64::abs)
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> Mask<B> {
        self.compare(other, |a, b| a >= b)
    }

    #[inline(always)]
    fn exponential(self) -> Self {
        self.map(exp)
    }

    #[inline(always)]
    fn exp_less_1(self) -> Self {
        self.map(exp_m1)
    }

    #[inline(always)]
    fn natural_log(self) -> Self {
        self.map(ln)
    }
}

impl<const B: usize> Truth<Col<B>> for Mask<B> {
    #[inline(always)]
    fn all(value: bool) -> Self {
        Self([if value { u64::MAX } else { 0 }; B])
    }

    #[inline(always)]
    fn pick(self, yes: Col<B>, no: Col<B>) -> Col<B> {
        let mut column = [0.0; B];
        for (j, entry) in column.iter_mut().enumerate() {
            let (mask, yes, no) = (self.0[j], yes.0[j].to_bits(), no.0[j].to_bits());
            *entry = f64::from_bits((mask & yes) | (!mask & no));
        }
        Col(column)
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        let mut mask = self.0;
        for (entry, &other) in mask.iter_mut().zip(&other.0) {
            *entry &= other;
        }
        Self(mask)
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        let mut mask = self.0;
        for (entry, &other) in mask.iter_mut().zip(&other.0) {
            *entry |= other;
        }
        Self(mask)
    }

    #[inline(always)]
    fn not(self) -> Self {
        let mut mask = self.0;
        for entry in &mut mask {
            *entry = !*entry;
        }
        Self(mask)
    }

    #[inline(always)]
    fn everywhere(self) -> bool {
        // Eight side by side, as vectors hold them.
        let (eights, rest) = self.0.as_chunks::<8>();
        let mut all = [u64::MAX; 8];
        for eight in eights {
            for (all, &entry) in all.iter_mut().zip(eight) {
                *all &= entry;
            }
        }
        all.iter().chain(rest).fold(u64::MAX, |all, &entry| all & entry) == u64::MAX
    }
}

impl<const B: usize> Mask<B> {
    /// True where `holds` says so of an entry's place.
    #[inline(always)]
    pub fn new(holds: impl Fn(usize) -> bool) -> Self {
        Self(std::array::from_fn(|j| if holds(j) { u64::MAX } else { 0 }))
    }

    /// The first entry that is true.
    #[inline(always)]
    pub fn first(self) -> Option<usize> {
        if self.not().everywhere() { None } else { self.0.iter().position(|&entry| entry != 0) }
    }

    /// How many entries are true before the first that is not.
    #[inline(always)]
    pub fn leading(self) -> usize {
        if self.everywhere() { B } else { self.0.iter().take_while(|&&entry| entry != 0).count() }
    }
}

macro_rules! elementwise {
    ($($operation:ident $method:ident $symbol:tt),*) => {$(
        impl<const B: usize> $operation for Col<B> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a $symbol b)
            }
        }

        impl<const B: usize> $operation<f64> for Col<B> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                self.map(|a| a $symbol other)
            }
        }
    )*};
}

elementwise!(Add add +, Sub sub -, Mul mul *, Div div /);

impl<const B: usize> Neg for Col<B> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|a| -a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of `b`.
    fn ulps(a: f64, b: f64) -> f64 {
        let ulp = (f64::from_bits(b.abs().to_bits() + 1) - b.abs()).abs();
        (a - b).abs() / ulp
    }

    fn near(f: impl Fn(f64) -> f64, reference: impl Fn(f64) -> f64, points: impl Iterator<Item = f64>, limit: f64) {
        let worst = points.map(|x| (ulps(f(x), reference(x)), x)).max_by(|a, b| a.0.total_cmp(&b.0)).expect("points");
        assert!(worst.0 <= limit, "{} ulp at {}", worst.0, worst.1);
    }

    #[test]
    fn exponentials_and_logarithms_are_right_to_the_last_digit_or_two() {
        let wide = || (0..400_000).map(|i| -690.0 + 1380.0 * (f64::from(i) + 0.37) / 400_000.0);
        let small = || (0..400_000).map(|i| 10f64.powf(-18.0 + 18.0 * f64::from(i) / 400_000.0));
        near(|x| Col([x]).exponential().0[0], f64::exp, wide().chain(small()).chain(small().map(|x| -x)), 2.0);
        near(exp_m1, f64::exp_m1, wide().chain(small()).chain(small().map(|x| -x)), 2.5);
        near(|x| Col([x]).natural_log().0[0], f64::ln, wide().map(f64::exp), 1.5);
        near(|x| Col([x]).natural_log().0[0], f64::ln, small().map(|x| 1.0 + x).filter(|&x| x != 1.0), 1.5);
        near(|x| Col([x]).log_of_1_plus().0[0], f64::ln_1p, small().chain(small().map(|x| -0.999 * x)), 3.0);
    }

    #[test]
    fn the_constants_are_meant() {
        // Its last 20 bits are 0, so that a multiple of it by any exponent is exact.
        assert_eq!(LN_2_HIGH.to_bits() & 0xf_ffff, 0);
        assert_eq!(LN_2_HIGH + LN_2_LOW, std::f64::consts::LN_2);
    }

    #[test]
    fn the_ends_of_the_range_are_exact() {
        let exp = |x: f64| Col([x]).exponential().0[0];
        assert_eq!([exp(0.0), exp(-0.0), exp(-800.0), exp(800.0)], [1.0, 1.0, 0.0, f64::INFINITY]);
        assert_eq!(Col([0.0, -800.0]).exp_less_1(), Col([0.0, -1.0]));
        assert_eq!(Col([1.0, 2.0, 0.5]).natural_log(), Col([0.0, 2f64.ln(), 0.5f64.ln()]));
    }

    #[test]
    fn a_number_does_not_depend_on_its_column() {
        let column: Col<8> = Col(std::array::from_fn(|j| 0.37 * j as f64 - 1.1));
        for j in 0..8 {
            let alone = Col([column.0[j]]);
            assert_eq!(column.exponential().0[j].to_bits(), alone.exponential().0[0].to_bits());
            assert_eq!(column.size().natural_log().0[j].to_bits(), alone.size().natural_log().0[0].to_bits());
        }
    }
}
