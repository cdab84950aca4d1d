//! The numbers that the solver computes with: doubles whose transcendental functions are `math`'s. The solver chooses its
//! steps by powers of their errors, and those of a plain `f64` come from the C library of the machine.

use crate::column::Number;
use crate::math;

use num_traits::{Float, FromPrimitive, Num, NumCast, One, ToPrimitive, Zero};
use ode_solvers::dop_shared::FloatNumber;
use simba::scalar::SubsetOf;
use std::num::FpCategory;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, Sub, SubAssign};

/// A double.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Real(pub f64);

impl FloatNumber for Real {}

impl From<Real> for f64 {
    fn from(number: Real) -> Self {
        number.0
    }
}

macro_rules! arithmetic {
    ($($operation:ident $method:ident $symbol:tt),*; $($assignment:ident $assign:ident $sign:tt),*) => {
        $(impl $operation for Real {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $symbol other.0)
            }
        })*
        $(impl $assignment for Real {
            #[inline(always)]
            fn $assign(&mut self, other: Self) {
                self.0 $sign other.0;
            }
        })*
    };
}

arithmetic!(
    Add add +, Sub sub -, Mul mul *, Div div /, Rem rem %;
    AddAssign add_assign +=, SubAssign sub_assign -=, MulAssign mul_assign *=, DivAssign div_assign /=
);

impl Neg for Real {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Zero for Real {
    fn zero() -> Self {
        Self(0.0)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Real {
    fn one() -> Self {
        Self(1.0)
    }
}

impl Num for Real {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Self)
    }
}

impl ToPrimitive for Real {
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }
    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
    #[inline(always)]
    fn to_f64(&self) -> Option<f64> {
        Some(self.0)
    }
}

impl NumCast for Real {
    #[inline(always)]
    fn from<N: ToPrimitive>(number: N) -> Option<Self> {
        number.to_f64().map(Self)
    }
}

impl FromPrimitive for Real {
    fn from_i64(number: i64) -> Option<Self> {
        f64::from_i64(number).map(Self)
    }
    fn from_u64(number: u64) -> Option<Self> {
        f64::from_u64(number).map(Self)
    }
}

impl SubsetOf<f64> for Real {
    fn to_superset(&self) -> f64 {
        self.0
    }
    fn from_superset_unchecked(number: &f64) -> Self {
        Self(*number)
    }
    fn is_in_subset(_: &f64) -> bool {
        true
    }
}

/// Methods of [`Float`] that are another function of the inner numbers.
macro_rules! float {
    (
        constants { $($constant:ident = $value:expr;)* }
        questions { $($question:ident)* }
        functions { $($function:ident($($argument:ident),*) = $inner:path;)* }
    ) => {
        $(fn $constant() -> Self { Self($value) })*
        $(#[inline(always)] fn $question(self) -> bool { self.0.$question() })*
        $(#[inline(always)] fn $function(self, $($argument: Self),*) -> Self { Self($inner(self.0, $($argument.0),*)) })*
    };
}

impl Float for Real {
    float! {
        constants {
        nan = f64::NAN;
        infinity = f64::INFINITY;
        neg_infinity = f64::NEG_INFINITY;
        neg_zero = -0.0;
        min_value = f64::MIN;
        min_positive_value = f64::MIN_POSITIVE;
        max_value = f64::MAX;
        epsilon = f64::EPSILON;
        }
        questions {
        is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative
        }
        functions {
        floor() = f64::floor;
        ceil() = f64::ceil;
        round() = f64::round;
        trunc() = f64::trunc;
        fract() = f64::fract;
        abs() = f64::abs;
        signum() = f64::signum;
        recip() = f64::recip;
        sqrt() = f64::sqrt;
        max(other) = f64::max;
        min(other) = f64::min;
        mul_add(by, plus) = f64::mul_add;
        exp() = math::exp;
        exp2() = math::exp2;
        exp_m1() = math::exp_m1;
        ln() = math::ln;
        ln_1p() = math::ln_1p;
        log2() = math::log2;
        log10() = math::log10;
        cbrt() = math::cbrt;
        hypot(other) = math::hypot;
        sin() = math::sin;
        cos() = math::cos;
        tan() = math::tan;
        asin() = math::asin;
        acos() = math::acos;
        atan() = math::atan;
        atan2(other) = math::atan2;
        sinh() = math::sinh;
        cosh() = math::cosh;
        tanh() = math::tanh;
        asinh() = math::asinh;
        acosh() = math::acosh;
        atanh() = math::atanh;
        }
    }

    fn powf(self, exponent: Self) -> Self {
        // Twice in every step, of an error, for the length of the next: fast matters there, the last digit does not.
        if self.0.is_normal() && self.0 > 0.0 {
            Self((exponent.0 * self.0.natural_log()).exponential())
        } else {
            Self(math::powf(self.0, exponent.0))
        }
    }
    fn powi(self, exponent: i32) -> Self {
        Float::powf(self, Self(exponent.into()))
    }
    fn log(self, base: Self) -> Self {
        Self(math::ln(self.0) / math::ln(base.0))
    }
    fn abs_sub(self, other: Self) -> Self {
        (self - other).max(Self(0.0))
    }
    fn sin_cos(self) -> (Self, Self) {
        (Self(math::sin(self.0)), Self(math::cos(self.0)))
    }
    fn classify(self) -> FpCategory {
        self.0.classify()
    }
    fn integer_decode(self) -> (u64, i16, i8) {
        self.0.integer_decode()
    }
}
