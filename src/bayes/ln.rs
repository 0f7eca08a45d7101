//! A branchless natural logarithm, so that the compiler vectorises it: leaving each organisation out in turn takes
//! hundreds of millions. It gives the same bits on every system, which that of the standard library need not.

#![expect(clippy::inline_always, reason = "compiled for each instruction set")]

use std::f64::consts::LN_2;

/// Bits of a number close to the square root of one half, and of 1.
const ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE: u64 = 0x3ff0_0000_0000_0000;
/// Bits of 2^52, whose last place is 1: a small integer in its mantissa is added to it.
const WHOLE: u64 = 0x4330_0000_0000_0000;
/// Bias of the stored exponent.
const BIAS: f64 = 1023.0;
/// Coefficients of the series of ln((1 + s) / (1 - s)) in s^2, from that of s^3 on, fitted to the interval
/// (Sun's fdlibm, `e_log.c`, 1993).
const SERIES: [f64; 7] = [
    6.666_666_666_666_735e-1,
    3.999_999_999_940_942e-1,
    2.857_142_874_366_239e-1,
    2.222_219_843_214_978_4e-1,
    1.818_357_216_161_805e-1,
    1.531_383_769_920_937_3e-1,
    1.479_819_860_511_658_6e-1,
];

/// The natural logarithm of a positive normal number, with a relative error below 1e-15, or an absolute one below 1e-16
/// where that is more.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    // x = mantissa * 2^k with the mantissa from the square root of one half to that of two.
    let bits = x.to_bits() + (ONE - ROOT);
    let k = f64::from_bits(WHOLE | bits >> 52) - (f64::from_bits(WHOLE) + BIAS);
    let mantissa = f64::from_bits((bits & (u64::MAX >> 12)) + ROOT);
    let f = mantissa - 1.0;
    let s = f / (mantissa + 1.0);
    let square = s * s;
    let rest = SERIES.iter().rev().fold(0.0, |sum, c| square * (sum + c));
    let half = 0.5 * f * f;
    k * LN_2 + (f - (half - s * (half + rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_logarithm(x in prop_oneof![1e-300..1e300f64, 1e-9..1e9f64, 0.5..2.0f64]) {
            let (ours, theirs) = (ln(x), x.ln());
            prop_assert!((ours - theirs).abs() <= 1e-15 * theirs.abs().max(0.1), "{ours} {theirs}");
        }
    }

    #[test]
    fn that_of_one_is_zero() {
        assert!(ln(1.0).abs() < f64::EPSILON);
    }
}
