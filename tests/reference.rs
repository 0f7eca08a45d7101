//! Figures that scikit-learn computed from the same predictions: `reference/metrics.py` wrote them.

use rolecall::metrics::{average_precision, figures};
use serde::Deserialize;

const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    probabilities: Vec<Vec<f64>>,
    truths: Vec<usize>,
    figures: Expected,
}

#[derive(Deserialize)]
struct Expected {
    macro_f1: f64,
    accuracy: f64,
    log_loss: f64,
    brier: f64,
    precision: Vec<f64>,
    recall: Vec<Option<f64>>,
    f1: Vec<Option<f64>>,
    rows: Vec<u64>,
    confusion: Vec<Vec<u64>>,
    /// Of the ranking by one minus the last probability: not being of the last class.
    average_precision: f64,
}

#[test]
fn figures_are_those_of_scikit_learn() {
    let reference: Reference =
        serde_json::from_str(include_str!("reference/metrics.json")).expect("the script wrote it");
    let names = ["a", "b", "c", "d"].map(str::to_owned);
    assert_eq!(reference.cases.len(), 3);
    for Case { name, probabilities, truths, figures: expected } in reference.cases {
        let close = |ours: Option<f64>, theirs: f64, figure: &str| {
            let ours = ours.unwrap_or_else(|| panic!("{name}, {figure} is undefined"));
            let gap = (ours - theirs).abs();
            assert!(gap <= TOLERANCE, "{name}, {figure}: {ours} here, {theirs} in scikit-learn");
        };
        let ours = figures(&names, &probabilities, &truths);
        assert_eq!(ours.rows as usize, truths.len(), "{name}");
        assert_eq!(ours.confusion, expected.confusion, "{name}");
        close(ours.macro_f1, expected.macro_f1, "macro-F1");
        close(ours.accuracy, expected.accuracy, "accuracy");
        close(ours.log_loss, expected.log_loss, "log-loss");
        close(ours.brier, expected.brier, "Brier");
        for (i, class) in ours.classes.iter().enumerate() {
            assert_eq!(class.rows, expected.rows[i], "{name}, {}", class.name);
            close(class.precision, expected.precision[i], "precision");
            let [recall, f1] = [expected.recall[i], expected.f1[i]];
            assert_eq!(
                (class.recall.is_none(), class.f1.is_none()),
                (recall.is_none(), f1.is_none())
            );
            if let (Some(recall), Some(f1)) = (recall, f1) {
                close(class.recall, recall, "recall");
                close(class.f1, f1, "F1");
            }
        }
        let last = names.len() - 1;
        let scores: Vec<f64> = probabilities.iter().map(|p| 1.0 - p[last]).collect();
        let positive: Vec<bool> = truths.iter().map(|&truth| truth < last).collect();
        let ours = average_precision(&scores, &positive);
        close(ours, expected.average_precision, "average precision");
    }
}
