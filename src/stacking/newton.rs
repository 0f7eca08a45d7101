//! Newton's method for logistic regression with two classes. It has to solve equations at every step, but
//! needs a few where a search by gradients needs tens, each of which reads all rows several times.

use linfa_linalg::cholesky::SolveCInplace;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Axis, ShapeBuilder};

/// Rows that are weighted at once: they fit into the processor's nearer caches.
const AT_ONCE: usize = 1024;
/// Steps that are enough wherever it gets to the minimum at all.
const STEPS: usize = 20;
/// Of a step, which far off the minimum may be too long.
const SHARES: [f64; 4] = [1.0, 0.5, 0.25, 0.125];

/// What is minimised over the weights `w`, of each input and last the intercept `b`:
///
/// ```text
/// sum over rows of times * ln(1 + exp(-y (w x + b)))  +  penalty / 2 * |w|^2
/// ```
pub(crate) struct Loss<'a> {
    /// Rows x inputs.
    pub(crate) x: &'a Array2<f64>,
    /// By row: 1 or -1.
    pub(crate) y: &'a Array1<f64>,
    /// How often each row counts.
    pub(crate) times: &'a Array1<f64>,
    pub(crate) penalty: f64,
}

/// The slope at a place, and how fast it changes with the logit of each row.
struct Slope {
    gradient: Array1<f64>,
    norm: f64,
    curvature: Array1<f64>,
}

impl Loss<'_> {
    /// Weights that are nearer to the minimum than the first: where the norm of the gradient is as small as
    /// wanted, or where no step makes it smaller.
    pub(crate) fn nearer(&self, first: Array1<f64>, wanted: f64) -> Array1<f64> {
        let mut slope = self.slope(&first);
        let mut weights = first;
        for _ in 0..STEPS {
            if slope.norm <= wanted {
                break;
            }
            let Some(step) = self.step(&slope) else { break };
            let shorter = SHARES.iter().find_map(|&share| {
                let next = &weights - &step * share;
                let at_next = self.slope(&next);
                (at_next.norm < slope.norm).then_some((next, at_next))
            });
            let Some(next) = shorter else { break };
            (weights, slope) = next;
        }
        weights
    }

    fn slope(&self, weights: &Array1<f64>) -> Slope {
        let inputs = self.x.ncols();
        let mut logits = Array1::from_elem(self.x.nrows(), weights[inputs]);
        for (column, &weight) in self.x.columns().into_iter().zip(weights) {
            logits.scaled_add(weight, &column);
        }
        let wrong = (logits * self.y).mapv(|margin| (1.0 + margin.exp()).recip());
        let pull = &wrong * self.y * self.times;
        let mut gradient = weights * self.penalty;
        gradient[inputs] = 0.0;
        for (slope, column) in gradient.iter_mut().zip(self.x.columns()) {
            *slope -= column.dot(&pull);
        }
        gradient[inputs] -= pull.sum();
        let norm = gradient.dot(&gradient).sqrt();
        let curvature = wrong.mapv(|wrong| wrong * (1.0 - wrong)) * self.times;
        Slope { gradient, norm, curvature }
    }

    /// The second derivatives into the gradient, if they can be solved.
    fn step(&self, slope: &Slope) -> Option<Array1<f64>> {
        let inputs = self.x.ncols();
        let mut second = Array2::zeros((inputs + 1, inputs + 1));
        let rows = self.x.axis_chunks_iter(Axis(0), AT_ONCE);
        for (x, curvature) in rows.zip(slope.curvature.axis_chunks_iter(Axis(0), AT_ONCE)) {
            let root = curvature.mapv(f64::sqrt);
            let mut weighted = Array2::zeros((x.nrows(), inputs + 1).f());
            for (mut to, from) in weighted.columns_mut().into_iter().zip(x.columns()) {
                to.assign(&from);
                to *= &root;
            }
            weighted.column_mut(inputs).assign(&root);
            general_mat_mul(1.0, &weighted.t(), &weighted, 1.0, &mut second);
        }
        second.diag_mut().iter_mut().take(inputs).for_each(|own| *own += self.penalty);
        let gradient = slope.gradient.clone().insert_axis(Axis(1));
        second.solvec_into(gradient).ok().map(|step| step.remove_axis(Axis(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two inputs that tell the classes apart, but not always; and how often each row counts.
    fn rows() -> (Array2<f64>, Array1<f64>, Array1<f64>) {
        let value =
            |(row, input): (usize, usize)| ((row * (7 + 4 * input)) % 23) as f64 / 11.5 - 1.0;
        let x = Array2::from_shape_fn((200, 2).f(), value);
        let y = x.rows().into_iter().enumerate().map(|(i, row)| {
            if row[0] - 0.5 * row[1] + (i % 5) as f64 / 4.0 > 0.4 { 1.0 } else { -1.0 }
        });
        let y = y.collect();
        (x, y, Array1::from_shape_fn(200, |row| (1 + row % 3) as f64))
    }

    #[test]
    fn a_few_steps_reach_the_minimum() {
        let (x, y, times) = rows();
        let loss = Loss { x: &x, y: &y, times: &times, penalty: 2.0 };
        let weights = loss.nearer(Array1::zeros(3), 1e-9);
        assert!(loss.slope(&weights).norm <= 1e-9);
        let value = |weights: &Array1<f64>| -> f64 {
            let of_row = |((row, y), times): ((ndarray::ArrayView1<f64>, &f64), &f64)| {
                let logit = row[0] * weights[0] + row[1] * weights[1] + weights[2];
                times * (-y * logit).exp().ln_1p()
            };
            let penalty = weights.iter().take(2).map(|w| w * w).sum::<f64>();
            x.rows().into_iter().zip(&y).zip(&times).map(of_row).sum::<f64>() + penalty
        };
        for (input, by) in [(0, 1e-3), (1, 1e-3), (2, 1e-3), (0, -1e-3), (1, -1e-3), (2, -1e-3)] {
            let mut beside = weights.clone();
            beside[input] += by;
            assert!(value(&beside) > value(&weights));
        }
    }

    #[test]
    fn from_far_off_it_comes_no_nearer_and_ends() {
        let (x, y, times) = rows();
        let loss = Loss { x: &x, y: &y, times: &times, penalty: 2.0 };
        for far in [1e12, -1e12, f64::NAN, f64::INFINITY] {
            assert_eq!(loss.nearer(Array1::from_elem(3, far), 1e-9).len(), 3);
        }
    }
}
