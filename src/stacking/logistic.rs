//! Logistic regression with two or more classes, by a truncated Newton method: each step is solved by preconditioned
//! conjugate gradients, and shortened by a backtracking line search (Nocedal and Wright 2006, chapters 3 and 7). It needs
//! a few steps where a search by gradients needs tens, and reaches the minimum also where the loss is flat.

use linfa_linalg::cholesky::InverseCInplace;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Axis, ShapeBuilder, Slice, Zip};
use std::ops::Range;

/// A step that is expected to lower the loss by no more than this share of it is the last: the error after it is about
/// the square of that.
const TOLERANCE: f64 = 1e-8;
/// Most Newton steps; a fit takes about five.
const MAX_STEPS: usize = 100;
/// Most iterations of conjugate gradients in a step.
const MAX_ROUNDS: usize = 100;
/// Relative tolerance of the conjugate gradients far from the minimum.
const LOOSE_TOLERANCE: f64 = 1e-2;
/// Most halvings of a step.
const MAX_HALVINGS: i32 = 30;
/// Share of the expected decrease that a step must reach (Armijo condition).
const SUFFICIENT_DECREASE: f64 = 0.1;
/// Curvature of an intercept, by row, in the preconditioner: where all rows are certain it would be 0.
const LEAST_CURVATURE: f64 = 1e-9;
/// Rows that are weighted together: they fit into the caches near the processor.
const CHUNK_ROWS: usize = 1024;
/// A column with a smaller standard deviation, as a share of its mean if that is above 1, is constant but for rounding:
/// the mean of equal numbers is not quite that number.
const MIN_DEVIATION: f64 = 1e-9;

/// Rows to fit to.
pub(super) struct Rows {
    /// Rows x inputs, column by column.
    pub(super) x: Array2<f64>,
    /// Class of each row; every class from 0 to the largest has a row.
    pub(super) classes: Vec<usize>,
    /// Weight of each row.
    pub(super) times: Array1<f64>,
}

/// Weights (class x input, the last input the intercept) that minimise
///
/// ```text
/// sum over rows of times * -ln(probability of its class)  +  penalty / 2 * |weights|^2
/// ```
///
/// The probabilities are the softmax of intercepts and weights times inputs. The penalty is on the weights of
/// inputs standardised to mean 0 and deviation 1, and not on intercepts; the weights are those of the raw inputs. The
/// search begins at `start` if its loss is below that of intercepts alone. All weights are finite.
pub(super) fn fit(rows: Rows, penalty: f64, start: Option<Array2<f64>>) -> Array2<f64> {
    let (rows, scales) = standardised(rows);
    let start = start.map(|mut weights| {
        for mut own in weights.rows_mut() {
            for (input, (mean, deviation)) in scales.iter().enumerate() {
                own[scales.len()] += own[input] * mean;
                own[input] *= deviation;
            }
        }
        weights
    });
    let mut weights = Loss { rows, penalty }.minimum(start);
    for mut own in weights.rows_mut() {
        for (input, (mean, deviation)) in scales.iter().enumerate() {
            own[input] /= deviation;
            own[scales.len()] -= own[input] * mean;
        }
    }
    weights
}

/// Standardises each column to mean 0 and deviation 1; gives means and deviations. A constant column becomes 0, and so
/// does one with numbers too large to square. A column of ones for the intercepts is appended.
fn standardised(rows: Rows) -> (Rows, Vec<(f64, f64)>) {
    let Rows { mut x, classes, times } = rows;
    let sum = times.sum();
    let columns = x.columns_mut().into_iter().map(|mut column| {
        let mean = column.dot(&times) / sum;
        column -= mean;
        let deviation = (column.mapv(|v| v.powi(2)).dot(&times) / sum).sqrt();
        if deviation.is_finite() && deviation > MIN_DEVIATION * mean.abs().max(1.0) {
            column /= deviation;
            return (mean, deviation);
        }
        column.fill(0.0);
        (0.0, 1.0)
    });
    let scales = columns.collect();
    x.push_column(Array1::ones(x.nrows()).view()).expect("a number for each row");
    (Rows { x, classes, times }, scales)
}

/// Subtracts the mean over the classes: the probabilities stay, and the penalty is smallest.
fn centred(weights: Array2<f64>) -> Array2<f64> {
    let mean = weights.mean_axis(Axis(0)).expect("there are classes");
    weights - mean
}

/// Inner product.
fn dot(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    Zip::from(a).and(b).fold(0.0, |sum, a, b| sum + a * b)
}

/// Some rows.
fn slice(rows: &Range<usize>) -> Slice {
    Slice::from(rows.clone())
}

/// Turns logits (row x class) into probabilities; gives the loss of each row.
fn to_probabilities(logits: &mut Array2<f64>, classes: &[usize]) -> Array1<f64> {
    let losses = logits.rows_mut().into_iter().zip(classes).map(|(mut row, &class)| {
        let own = row[class];
        let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|logit| (logit - most).exp());
        let sum = row.sum();
        row /= sum;
        most + sum.ln() - own
    });
    losses.collect()
}

/// The loss as a function of weights with mean 0 over the classes.
struct Loss {
    /// The last input is 1.
    rows: Rows,
    penalty: f64,
}

/// The loss at some weights, and its gradient.
struct Point {
    /// Class x input, as the gradient.
    weights: Array2<f64>,
    loss: f64,
    gradient: Array2<f64>,
    /// Row x class.
    probabilities: Array2<f64>,
}

impl Loss {
    /// The minimum, or the last weights from which no step lowers the loss.
    fn minimum(&self, start: Option<Array2<f64>>) -> Array2<f64> {
        let mut point = self.at(self.prior_weights());
        // A comparison with NaN is false.
        if let Some(start) = start.map(|s| self.at(centred(s))).filter(|s| s.loss < point.loss) {
            point = start;
        }
        for _ in 0..MAX_STEPS {
            let Some(step) = self.step(&point) else { break };
            let expected = dot(&point.gradient, &step);
            if expected <= TOLERANCE * point.loss {
                return point.weights - step;
            }
            let Some(next) = self.line_search(&point, &step, expected) else { break };
            point = next;
        }
        point.weights
    }

    /// Intercepts alone: each class has its share of the rows.
    fn prior_weights(&self) -> Array2<f64> {
        let Rows { x, classes, times } = &self.rows;
        let count = 1 + classes.iter().max().expect("there are rows");
        let mut of_class = Array1::from_elem(count, f64::MIN_POSITIVE);
        classes.iter().zip(times).for_each(|(&class, times)| of_class[class] += times);
        let mut weights = Array2::zeros((count, x.ncols()));
        weights.column_mut(x.ncols() - 1).assign(&of_class.mapv(f64::ln));
        centred(weights)
    }

    fn at(&self, weights: Array2<f64>) -> Point {
        let Rows { x, classes, times } = &self.rows;
        let mut probabilities = Array2::zeros((x.nrows(), weights.nrows()).f());
        let mut loss = 0.0;
        let gradient = self.by_chunks(&weights, |rows, logits| {
            let (classes, times) =
                (&classes[rows.clone()], &times.slice_axis(Axis(0), slice(&rows)));
            let mut of_chunk = probabilities.slice_axis_mut(Axis(0), slice(&rows));
            loss += to_probabilities(logits, classes).dot(times);
            of_chunk.assign(logits);
            for ((mut residuals, &class), times) in
                logits.rows_mut().into_iter().zip(classes).zip(times)
            {
                residuals[class] -= 1.0;
                residuals *= *times;
            }
        });
        let penalty_gradient = self.penalty_gradient(&weights);
        let loss = loss + dot(&weights, &penalty_gradient) / 2.0;
        Point { weights, loss, gradient: gradient + penalty_gradient, probabilities }
    }

    /// The Newton step, by conjugate gradients: the closer to the minimum, the more exactly. With two classes the
    /// preconditioner is all but the Hessian, and one iteration is enough. `None` if it is not positive definite.
    fn step(&self, point: &Point) -> Option<Array2<f64>> {
        let inverse = self.preconditioner(&point.probabilities).invc_inplace().ok()?;
        let mut step = Array2::zeros(point.gradient.dim());
        let mut residual = point.gradient.clone();
        let mut direction = residual.dot(&inverse);
        // The expected decrease by the preconditioner.
        let first = dot(&residual, &direction);
        let (mut size, enough) =
            (first, first * (first / point.loss).clamp(TOLERANCE, LOOSE_TOLERANCE));
        for _ in 0..MAX_ROUNDS {
            if size <= enough {
                break;
            }
            let hessian_product = self.hessian_product(&direction, &point.probabilities);
            let length = size / dot(&direction, &hessian_product);
            step.scaled_add(length, &direction);
            residual.scaled_add(-length, &hessian_product);
            let next = residual.dot(&inverse);
            let last = std::mem::replace(&mut size, dot(&residual, &next));
            direction = direction * (size / last) + next;
        }
        Some(step)
    }

    /// The Hessian times a direction.
    fn hessian_product(&self, direction: &Array2<f64>, probabilities: &Array2<f64>) -> Array2<f64> {
        let times = &self.rows.times;
        let product = self.by_chunks(direction, |rows, changes| {
            let p = probabilities.slice_axis(Axis(0), slice(&rows));
            let mut mean = Array1::<f64>::zeros(rows.len());
            for (change, p) in changes.columns().into_iter().zip(p.columns()) {
                Zip::from(&mut mean)
                    .and(change)
                    .and(p)
                    .for_each(|mean, change, p| *mean += change * p);
            }
            let times = times.slice_axis(Axis(0), slice(&rows));
            for (change, p) in changes.columns_mut().into_iter().zip(p.columns()) {
                Zip::from(change).and(p).and(&mean).and(times).for_each(
                    |change, p, mean, times| {
                        *change = times * p * (*change - mean);
                    },
                );
            }
        });
        product + self.penalty_gradient(direction)
    }

    /// `then` turns the products of rows and weights (row x class) into other numbers, a chunk of rows at a time; gives
    /// the sums (class x input) over the rows of these times the inputs. A library would first copy the rows to
    /// multiply them, which takes longer than the few classes do.
    fn by_chunks(
        &self,
        weights: &Array2<f64>,
        mut then: impl FnMut(Range<usize>, &mut Array2<f64>),
    ) -> Array2<f64> {
        let x = &self.rows.x;
        let mut sums = Array2::zeros(weights.dim());
        for start in (0..x.nrows()).step_by(CHUNK_ROWS) {
            let rows = start..x.nrows().min(start + CHUNK_ROWS);
            let chunk = x.slice_axis(Axis(0), slice(&rows));
            let mut products = Array2::zeros((rows.len(), weights.nrows()).f());
            for (mut products, weights) in products.columns_mut().into_iter().zip(weights.rows()) {
                for (column, &weight) in chunk.columns().into_iter().zip(weights) {
                    products.scaled_add(weight, &column);
                }
            }
            then(rows, &mut products);
            for (mut sums, products) in sums.rows_mut().into_iter().zip(products.columns()) {
                for (sum, column) in sums.iter_mut().zip(chunk.columns()) {
                    *sum += column.dot(&products);
                }
            }
        }
        sums
    }

    /// The Hessian block (input x input) of one class, if all classes had the mean curvature of each row.
    fn preconditioner(&self, probabilities: &Array2<f64>) -> Array2<f64> {
        let Rows { x, times, .. } = &self.rows;
        let (free, last) = (probabilities.ncols() - 1, x.ncols() - 1);
        let mut second = Array2::from_diag_elem(x.ncols(), self.penalty);
        second[[last, last]] = LEAST_CURVATURE * times.sum();
        let rows = x.axis_chunks_iter(Axis(0), CHUNK_ROWS);
        let rows = rows.zip(probabilities.axis_chunks_iter(Axis(0), CHUNK_ROWS));
        for ((x, p), times) in rows.zip(times.axis_chunks_iter(Axis(0), CHUNK_ROWS)) {
            let curvature = Zip::from(p.rows()).and(times);
            let curvature =
                curvature.map_collect(|p, times| times * (1.0 - p.dot(&p)) / free as f64);
            let mut weighted = Array2::zeros(x.raw_dim().f());
            for (mut to, from) in weighted.columns_mut().into_iter().zip(x.columns()) {
                Zip::from(&mut to).and(from).and(&curvature).for_each(|to, x, c| *to = x * c);
            }
            general_mat_mul(1.0, &x.t(), &weighted, 1.0, &mut second);
        }
        second
    }

    /// The gradient of the penalty.
    fn penalty_gradient(&self, weights: &Array2<f64>) -> Array2<f64> {
        let mut penalty_gradient = weights * self.penalty;
        penalty_gradient.column_mut(weights.ncols() - 1).fill(0.0);
        penalty_gradient
    }

    /// The point after the longest halved step that lowers the loss enough; `None` if none does.
    fn line_search(&self, point: &Point, step: &Array2<f64>, expected: f64) -> Option<Point> {
        (0..=MAX_HALVINGS).map(|n| 0.5f64.powi(n)).find_map(|share| {
            let next = self.at(&point.weights - step * share);
            (next.loss < point.loss - SUFFICIENT_DECREASE * share * expected).then_some(next)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, arr2};

    /// Three inputs, the class and how often it counts, of each row.
    const ROWS: [([f64; 3], usize, f64); 24] = [
        ([2.0, -1.8, 0.4], 2, 23.0),
        ([1.1, -4.8, 0.3], 0, 29.0),
        ([2.1, 2.4, 0.4], 1, 4.0),
        ([1.4, -1.0, 0.6], 1, 4.0),
        ([2.1, -6.7, 0.5], 2, 1.0),
        ([2.7, -8.4, 0.4], 0, 1.0),
        ([0.1, -8.2, 0.1], 1, 6.0),
        ([1.8, -8.1, 0.6], 2, 1.0),
        ([2.2, -3.7, 0.0], 1, 18.0),
        ([1.5, -3.2, 0.5], 1, 1.0),
        ([0.5, -4.9, 0.3], 1, 1.0),
        ([1.2, 1.2, 0.3], 1, 9.0),
        ([2.0, 0.5, 0.4], 1, 1.0),
        ([1.9, -2.6, 0.5], 0, 26.0),
        ([0.8, -2.7, 0.8], 2, 1.0),
        ([0.5, 0.4, 0.5], 1, 1.0),
        ([1.4, 5.0, 0.7], 1, 11.0),
        ([0.8, -2.7, 0.6], 2, 23.0),
        ([1.8, -0.3, 0.5], 1, 6.0),
        ([2.7, 2.8, 0.4], 0, 1.0),
        ([2.2, -4.9, 0.5], 2, 1.0),
        ([0.8, -5.3, 0.5], 0, 1.0),
        ([2.9, 1.6, 0.2], 0, 10.0),
        ([1.2, -0.4, 0.1], 1, 1.0),
    ];
    /// Strength of the penalty.
    const PENALTY: f64 = 3.0;

    // What scikit-learn 1.9.1 finds, with x, y and times of the rows; of two classes, y > 0:
    //
    //     scaler = StandardScaler().fit(x, sample_weight=times)
    //     model = LogisticRegression(C=1 / 3, tol=1e-12, solver="newton-cg", max_iter=10000)
    //     model.fit(scaler.transform(x), y, sample_weight=times)
    //     weights = model.coef_ / scaler.scale_
    //     intercepts = model.intercept_ - weights @ scaler.mean_
    //
    // Of two classes it gives the difference, on which the same penalty is C=2 / 3: each has half of it. Of three
    // the intercepts are less their mean.
    const TWO: [[f64; 4]; 2] = [
        [0.643_826_27, -0.179_638_14, 0.941_734_49, -2.063_865_34],
        [-0.643_826_27, 0.179_638_14, -0.941_734_49, 2.063_865_34],
    ];
    const THREE: [[f64; 4]; 3] = [
        [0.963_772_48, -0.246_571_15, 0.986_892_16, -2.148_897_77],
        [-1.327_534_01, 0.447_694_12, -6.599_379_47, 5.567_728_08],
        [0.363_761_53, -0.201_122_97, 5.612_487_32, -3.418_830_31],
    ];

    /// The rows, with so many classes.
    fn rows(classes: usize) -> Rows {
        Rows {
            x: Array2::from_shape_fn((ROWS.len(), 3).f(), |(row, input)| ROWS[row].0[input]),
            classes: ROWS.iter().map(|row| row.1.min(classes - 1)).collect(),
            times: ROWS.iter().map(|row| row.2).collect(),
        }
    }

    fn largest(numbers: &Array2<f64>) -> f64 {
        // A maximum leaves out what is no number.
        assert!(numbers.iter().all(|n| n.is_finite()), "{numbers}");
        numbers.iter().fold(0.0, |most, n| n.abs().max(most))
    }

    #[test]
    fn the_minimum_is_that_of_scikit_learn() {
        for wanted in [arr2(&TWO), arr2(&THREE)] {
            let off = fit(rows(wanted.nrows()), PENALTY, None) - &wanted;
            assert!(largest(&off) < 1e-6, "{off}");
        }
    }

    #[test]
    fn a_row_that_counts_twice_is_two_rows() {
        let Rows { x, classes, times } = rows(3);
        let twice = Rows { x: x.clone(), classes: classes.clone(), times: &times * 2.0 };
        let two = Rows {
            x: ndarray::concatenate![Axis(0), x, x],
            classes: [&classes[..], &classes].concat(),
            times: ndarray::concatenate![Axis(0), times, times],
        };
        assert!(largest(&(fit(twice, PENALTY, None) - fit(two, PENALTY, None))) < 1e-7);
    }

    #[test]
    fn it_may_begin_anywhere() {
        for wanted in [arr2(&TWO), arr2(&THREE)] {
            for far in [1.0, 30.0, 1e3, 1e12, 1e200, f64::NAN, f64::INFINITY] {
                for sign in [1.0, -1.0] {
                    // By class, by input, and all alike.
                    let starts =
                        [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)].map(|(by_class, by_input)| {
                            Array::from_shape_fn(wanted.dim(), |(class, input)| {
                                let odd = by_class * class as f64 + by_input * input as f64;
                                far * sign * (1.0 + odd)
                            })
                        });
                    for start in starts {
                        let off = fit(rows(wanted.nrows()), PENALTY, Some(start)) - &wanted;
                        assert!(largest(&off) < 1e-5, "from {far}: {off}");
                    }
                }
            }
            let off = fit(rows(wanted.nrows()), PENALTY, Some(wanted.clone())) - &wanted;
            assert!(largest(&off) < 1e-7, "{off}");
        }
    }

    #[test]
    fn classes_may_be_told_for_sure() {
        let one_where = |same: bool| if same { 1.0 } else { 0.0 };
        for (penalty, most) in [(PENALTY, 10.0), (1e-9, 1e3)] {
            for classes in [2, 3] {
                let far = |(class, input)| 900.0 * one_where(class == input);
                for start in [None, Some(Array2::from_shape_fn((classes, classes + 1), far))] {
                    let x = |(row, input)| one_where(row % classes == input);
                    let rows = Rows {
                        x: Array2::from_shape_fn((1200, classes).f(), x),
                        classes: (0..1200).map(|row| row % classes).collect(),
                        times: Array1::ones(1200),
                    };
                    let weights = fit(rows, penalty, start);
                    assert!(largest(&weights) < most, "{weights}");
                    assert!((0..classes).all(|class| weights[[class, class]] > 1.0), "{weights}");
                }
            }
        }
    }

    #[test]
    fn a_column_that_says_nothing_has_no_weight() {
        // What no posting naming a role looks like; numbers that cannot be squared, or are none.
        for constant in [0.0, 0.25f64.ln(), 1e9, 1e300, f64::MAX, f64::INFINITY, f64::NAN] {
            let mut more = rows(3);
            more.x.push_column(Array1::from_elem(ROWS.len(), constant).view()).expect("24 numbers");
            let fitted = fit(more, PENALTY, None);
            assert_eq!(fitted.column(3), Array1::<f64>::zeros(3));
            let mut fitted = fitted;
            fitted.remove_index(Axis(1), 3);
            assert!(largest(&(fitted - arr2(&THREE))) < 1e-6);
        }
    }

    #[test]
    fn a_class_may_have_one_row() {
        // Of one row of millions that all look alike, nothing but the shares is known.
        const MANY: usize = 5_000_000;
        for (count, value) in [(2, 0.0), (3, -0.7)] {
            let rows = Rows {
                x: Array2::from_elem((MANY, 1).f(), value),
                classes: (0..MANY).map(|row| row.min(count - 1)).collect(),
                times: Array1::ones(MANY),
            };
            let weights = fit(rows, PENALTY, Some(Array2::zeros((count, 2))));
            assert_eq!(weights.column(0), Array1::<f64>::zeros(count));
            let of_rare = weights[[0, 1]] - weights[[count - 1, 1]];
            assert!((of_rare + (MANY as f64).ln()).abs() < 1e-5, "{weights}");
        }
        // Of one that looks otherwise, more is.
        for times in [1.0, 30.0] {
            let mut rows = rows(2);
            rows.classes.iter_mut().enumerate().for_each(|(row, class)| *class = 1.min(row));
            rows.times.fill(times);
            assert!(largest(&fit(rows, PENALTY, None)) < 100.0);
        }
    }

    #[test]
    fn constant_columns_become_zero_whatever_rounding_makes_of_their_mean() {
        for count in 1..200 {
            let x = Array2::from_elem((count, 1).f(), 0.25f64.ln());
            let rows = Rows { x, classes: vec![0; count], times: Array1::ones(count) };
            let (rows, scales) = standardised(rows);
            assert_eq!((rows.x.column(0).sum(), scales[0]), (0.0, (0.0, 1.0)), "{count} rows");
        }
    }
}
