//! Label noise: the posterior of the true class when some stated roles are wrong.
//!
//! A row is of true class `k` with the probability that its text gives, and a row of class `k` states class `y`
//! with a probability `T(k,y)` common to all rows (the noise model of confident learning, Northcutt et al. 2021).
//! `T` is fitted by expectation maximisation (Dempster et al. 1977; Dawid and Skene 1979), shrunk towards mostly
//! right statements. So suspicion follows the confusions of the file: where only Product Owner and Product Manager
//! are confused, a row that reads like a third role is less suspect.

/// Weight of the prior of each class, in rows.
const PRIOR_ROWS: f64 = 20.0;
/// Share of right statements, by the prior.
const PRIOR_RIGHT: f64 = 0.9;
/// Power that probabilities are raised to for ranking: they were fitted to stated roles, some of them wrong, and so
/// are under-confident. Chosen on planted noise.
pub(crate) const RANKING: f64 = 2.0;
/// The same for sums over rows, which estimate numbers of wrong rows. Chosen on planted noise, of 1 to 2: the true
/// number is outside the 95 % interval for at most one of six kinds of noise.
pub(crate) const COUNTING: f64 = 1.25;
/// Most skills of a text with little evidence of its role.
const FEW_SKILLS: usize = 4;
/// Texts of fewer words, cut off or mostly praise of a company, are weak evidence against a title. Chosen on real
/// titles of the first edition, of 100 to 400.
const SHORT_TEXT_WORDS: usize = 200;
/// Power for ranking texts of few words. Chosen on the first edition, of 1 to 2: the lower it is, the higher the
/// average precision for real titles of a role (.461 at 1, .423 at 1.5), and the lower that for planted noise (.932 and
/// .937, mean of six kinds).
const SHORT_TEXT: f64 = 1.5;
const ROUNDS: usize = 50;

/// Highest power for ranking a text, by its number of words and of skills and whether it states a role. Estimates of
/// numbers of wrong rows do not depend on it.
pub(crate) fn max_power(words: usize, skills: usize, states_role: bool) -> f64 {
    if skills <= FEW_SKILLS {
        COUNTING
    } else if states_role && words < SHORT_TEXT_WORDS {
        SHORT_TEXT
    } else {
        RANKING
    }
}

/// Posterior of the true class of each row (rows x classes), given `probabilities` by text (rows x classes) and the
/// stated classes. Probabilities are raised to `power`, or to the `max_power` of the row if that is lower.
pub(crate) fn true_class(
    probabilities: Vec<Vec<f64>>,
    stated: &[usize],
    power: f64,
    max_power: impl Fn(usize) -> f64,
) -> Vec<Vec<f64>> {
    let classes = probabilities.first().map_or(0, Vec::len);
    let mut sharp = probabilities;
    for (index, row) in sharp.iter_mut().enumerate() {
        let power = power.min(max_power(index));
        for p in row.iter_mut() {
            *p = p.powf(power);
        }
        normalise(row);
    }
    let wrong = (1.0 - PRIOR_RIGHT) / (classes.max(2) - 1) as f64;
    let prior = |k: usize, y: usize| if k == y { PRIOR_RIGHT } else { wrong };
    let mut noise: Vec<Vec<f64>> =
        (0..classes).map(|k| (0..classes).map(|y| prior(k, y)).collect()).collect();
    let posterior = |row: &mut Vec<f64>, p: &[f64], noise: &[Vec<f64>], y: usize| {
        row.clear();
        row.extend(p.iter().zip(noise).map(|(p, of_class)| p * of_class[y]));
        normalise(row);
    };
    let mut row = Vec::new();
    // The last E step follows the loop and gives the result.
    for _ in 1..ROUNDS {
        let mut counts: Vec<Vec<f64>> = (0..classes)
            .map(|k| (0..classes).map(|y| PRIOR_ROWS * prior(k, y)).collect())
            .collect();
        for (p, &y) in sharp.iter().zip(stated) {
            posterior(&mut row, p, &noise, y);
            counts.iter_mut().zip(&row).for_each(|(of_class, p)| of_class[y] += p);
        }
        noise = counts;
        for of_class in &mut noise {
            normalise(of_class);
        }
    }
    for (p, &y) in sharp.iter_mut().zip(stated) {
        posterior(&mut row, p, &noise, y);
        p.copy_from_slice(&row);
    }
    sharp
}

/// Pools two distributions over classes into `values`: their normalised geometric mean.
pub(crate) fn geometric_mean(values: &mut [f64], other: &[f64]) {
    values.iter_mut().zip(other).for_each(|(p, other)| *p = (*p * other).sqrt());
    normalise(values);
}

fn normalise(values: &mut [f64]) {
    let sum: f64 = values.iter().sum();
    if sum > 0.0 {
        for value in values {
            *value /= sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_confusions_of_the_file_are_suspect() {
        // Half of the first class is stated as the second; nothing else is wrong.
        let clear = |k: usize| {
            let mut p = vec![0.05; 3];
            p[k] = 0.9;
            p
        };
        let mut rows: Vec<(Vec<f64>, usize)> = (0..300).map(|i| (clear(i % 3), i % 3)).collect();
        rows.iter_mut().step_by(6).for_each(|row| row.1 = 1);
        // Equal doubt between the confused classes and between others.
        rows.push((vec![0.55, 0.45, 0.0], 1));
        rows.push((vec![0.55, 0.0, 0.45], 2));
        let (p, stated): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let actual = true_class(p, &stated, RANKING, |_| RANKING);
        let wrong = |i: usize| 1.0 - actual[i][stated[i]];
        assert!(wrong(0) > 0.9 && wrong(1) < 0.1, "{} {}", wrong(0), wrong(1));
        assert!(wrong(300) > 0.3 && wrong(301) < 0.15, "{} {}", wrong(300), wrong(301));
        assert!(super::true_class(Vec::new(), &[], RANKING, |_| RANKING).is_empty());
    }
    #[test]
    fn a_short_text_does_not_show_that_its_title_is_wrong() {
        let mut rows: Vec<(Vec<f64>, usize)> = (0..40).map(|i| (vec![0.8, 0.2], i % 2)).collect();
        rows.push((vec![0.9, 0.1], 1));
        rows.push((vec![0.9, 0.1], 1));
        let (p, stated): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let powers = |i: usize| max_power(if i == 40 { 150 } else { 400 }, 20, true);
        let actual = true_class(p, &stated, RANKING, powers);
        assert!(actual[40][1] > 2.0 * actual[41][1], "{} {}", actual[40][1], actual[41][1]);
    }
}
