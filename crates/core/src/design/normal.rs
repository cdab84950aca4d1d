//! The quantile function of the standard normal, to the last digits.

use crate::math::ln;

/// z ≤ 0 below which the share `p` ∈ (0, ½] of a standard normal lies. Wichura (1988), algorithm AS 241, Applied Statistics
/// 37: rational functions, the logarithm's root as their variable in the tail; relative error about 1e-16.
pub(crate) fn low_quantile(p: f64) -> f64 {
    let from_middle = 0.5 - p;
    if from_middle <= 0.425 {
        return -from_middle * ratio(0.180_625 - from_middle * from_middle, &MIDDLE);
    }
    let far = (-ln(p)).sqrt();
    if far <= 5.0 { -ratio(far - 1.6, &NEAR_TAIL) } else { -ratio(far - 5.0, &FAR_TAIL) }
}

/// Numerator over denominator; of both, the coefficients of the highest power first.
fn ratio(x: f64, of: &[[f64; 8]; 2]) -> f64 {
    let [above, below] = of.map(|coefficients| coefficients.into_iter().fold(0.0, |sum, next| sum * x + next));
    above / below
}

const MIDDLE: [[f64; 8]; 2] = [
    [
        2.509_080_928_730_122_7e3,
        3.343_057_558_358_813e4,
        6.726_577_092_700_87e4,
        4.592_195_393_154_987e4,
        1.373_169_376_550_946e4,
        1.971_590_950_306_551_3e3,
        1.331_416_678_917_843_8e2,
        3.387_132_872_796_366_5,
    ],
    [
        5.226_495_278_852_545e3,
        2.872_908_573_572_194_3e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_659_7e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ],
];

const NEAR_TAIL: [[f64; 8]; 2] = [
    [
        7.745_450_142_783_414e-4,
        2.272_384_498_926_918_4e-2,
        2.417_807_251_774_506e-1,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        1.519_866_656_361_645_7e-2,
        1.481_039_764_274_800_8e-1,
        6.897_673_349_851e-1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];

const FAR_TAIL: [[f64; 8]; 2] = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        1.242_660_947_388_078_4e-3,
        2.653_218_952_657_612_4e-2,
        2.965_605_718_285_048_7e-1,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_8e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        7.868_691_311_456_133e-4,
        1.487_536_129_085_061_5e-2,
        1.369_298_809_227_358e-1,
        5.998_322_065_558_88e-1,
        1.0,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::erfc;

    #[test]
    fn the_share_below_the_quantile_is_the_share() {
        for i in 1..=30_000 {
            // From the middle to far out in the tail, and across the places where one formula takes over from another.
            for p in [0.5 * f64::from(i) / 30_000.0, (-f64::from(i) * 0.02).exp() * 0.5] {
                let z = low_quantile(p);
                // An error of z in its last digits, or of z/√2, moves the share by z² times as much.
                let share = 0.5 * erfc(-z / std::f64::consts::SQRT_2);
                let limit = 1e-15 * (2.0 + z * z);
                assert!((share / p - 1.0).abs() < limit, "{p:e}: {z}, whose share is {share:e}");
            }
        }
        assert_eq!(low_quantile(0.5), 0.0);
    }
}
