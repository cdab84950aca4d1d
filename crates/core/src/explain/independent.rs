//! Whether keys depend on each other, from their draws: Pearson's χ² of every two.

/// Parts into which a key's classes are thrown together.
const PARTS: usize = 6;
/// Standard deviations of χ² beyond which chance is ruled out, for many pairs too.
const SURELY: f64 = 6.0;

/// Whether no two keys are seen to depend on each other; `codes` are their classes by draw, `counts` how many classes each has.
pub(super) fn independent(codes: &[Vec<u8>], counts: &[usize]) -> bool {
    let part = |key: usize, row: usize| usize::from(codes[key][row]) * counts[key].min(PARTS) / counts[key];
    let draws = codes.first().map_or(0, Vec::len);
    let apart = |a: usize, b: usize| {
        let mut cells = [[0.0; PARTS]; PARTS];
        (0..draws).for_each(|row| cells[part(a, row)][part(b, row)] += 1.0);
        let of_a = cells.map(|row| row.iter().sum::<f64>());
        let of_b = |b: usize| cells.iter().map(|row| row[b]).sum::<f64>();
        let mut distance = 0.0;
        for (i, row) in cells.iter().enumerate() {
            for (j, count) in row.iter().enumerate() {
                let expected = of_a[i] * of_b(j) / draws as f64;
                if expected > 0.0 {
                    distance += (count - expected) * (count - expected) / expected;
                }
            }
        }
        let freedom = ((counts[a].min(PARTS) - 1) * (counts[b].min(PARTS) - 1)) as f64;
        distance <= freedom + SURELY * (2.0 * freedom).sqrt()
    };
    (0..counts.len()).all(|a| (a + 1..counts.len()).all(|b| apart(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::chance::Chance;

    /// Of 200 tables of three keys, in how many the keys seem independent; the third follows the first in `follows` of the draws.
    fn seem(follows: f64) -> usize {
        let of = |seed: u64| {
            let mut chance = Chance(seed);
            let mut codes = vec![Vec::new(); 3];
            for _ in 0..1000 {
                let drawn: [usize; 3] = [0; 3].map(|_| chance.below(30));
                let third = if chance.unit() < follows { drawn[0] } else { drawn[2] };
                for (codes, code) in codes.iter_mut().zip([drawn[0], drawn[1], third]) {
                    codes.push(u8::try_from(code).expect("below 30"));
                }
            }
            independent(&codes, &[30; 3])
        };
        (0..200).filter(|seed| of(*seed)).count()
    }

    #[test]
    fn keys_that_follow_each_other_are_seen_and_chance_is_not() {
        assert_eq!(seem(0.0), 200);
        assert_eq!(seem(0.3), 0);
    }
}
