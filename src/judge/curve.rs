//! Learning curve: role classification by number of labelled rows, down to none.

use super::evaluate::CurvePoint;
use crate::examples::example::Example;
use crate::lexicon::Lexicon;
use crate::metrics::{Figures, figures};
use crate::model::{FoldModel, ModelError};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::outcome_names;
use rayon::prelude::*;

/// Numbers of labelled rows of the points; the last point has all.
const SIZES: [usize; 5] = [0, 10, 30, 100, 300];
/// Random samples per point, whose metrics are averaged.
const SAMPLES: u64 = 5;

/// Cross-validates on samples of increasing size. `folds` has the fold of each example. Samples are balanced
/// between the roles.
///
/// # Errors
/// As [`Collector::train`](crate::model::Collector::train).
pub fn learning_curve(
    examples: &[&Example],
    folds: &[usize],
    view: View,
    lexicon: &Lexicon,
) -> Result<Vec<CurvePoint>, ModelError> {
    let roles = lexicon.roles().len();
    let of_roles: Vec<usize> = (0..examples.len()).filter(|&i| examples[i].of_role).collect();
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let fewest = (0..count)
        .map(|fold| of_roles.iter().filter(|&&i| folds[i] != fold).count())
        .min()
        .unwrap_or(0);
    let sizes = SIZES.into_iter().filter(|&n| n < fewest).map(Some).chain([None]);
    let names = outcome_names(lexicon.roles());
    let mut points = Vec::new();
    for size in sizes {
        let samples = if matches!(size, None | Some(0)) { 1 } else { SAMPLES };
        let runs = (0..samples).flat_map(|sample| (0..count).map(move |fold| (sample, fold)));
        let runs: Result<Vec<_>, ModelError> = runs
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(sample, fold)| {
                let (test, train): (Vec<usize>, Vec<usize>) =
                    of_roles.iter().partition(|&&i| folds[i] == fold);
                let train = chosen(examples, &train, size.unwrap_or(usize::MAX), sample, roles);
                let test: Vec<&Example> = test.iter().map(|&i| examples[i]).collect();
                let predicted = FoldModel::new(&train, view, lexicon)?.predict(&test);
                let truths: Vec<usize> = test.iter().map(|e| e.outcome).collect();
                Ok((sample, predicted, truths))
            })
            .collect();
        let runs = runs?;
        let of_sample = |sample: u64| {
            let runs = || runs.iter().filter(|run| run.0 == sample);
            let closed = |p: &Probabilities| p.closed.clone();
            let p: Vec<Vec<f64>> = runs().flat_map(|run| run.1.iter().map(closed)).collect();
            let truths: Vec<usize> = runs().flat_map(|run| run.2.clone()).collect();
            figures(&names[..roles], &p, &truths)
        };
        let of_samples: Vec<Figures> = (0..samples).map(of_sample).collect();
        let mean = |of: fn(&Figures) -> Option<f64>| {
            let sum: Option<f64> = of_samples.iter().map(of).sum();
            sum.map(|sum| sum / samples as f64)
        };
        points.push(CurvePoint {
            rows: size.unwrap_or(of_roles.len() * (count - 1) / count) as u64,
            macro_f1: mean(|f| f.macro_f1),
            log_loss: mean(|f| f.log_loss),
        });
    }
    Ok(points)
}

/// A sample of `size` rows, round robin over the roles, in an order seeded by `sample`.
fn chosen<'a>(
    examples: &[&'a Example],
    rows: &[usize],
    size: usize,
    sample: u64,
    roles: usize,
) -> Vec<&'a Example> {
    let mut by_role: Vec<Vec<([u8; 32], usize)>> = vec![Vec::new(); roles];
    for &i in rows {
        let key = blake3::keyed_hash(&[sample as u8; 32], &examples[i].row.bytes());
        by_role[examples[i].outcome].push((*key.as_bytes(), i));
    }
    for list in &mut by_role {
        list.sort_unstable();
    }
    let longest = by_role.iter().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..longest).flat_map(|n| by_role.iter().filter_map(move |list| list.get(n)));
    in_turn.take(size).map(|&(_, i)| examples[i]).collect()
}
