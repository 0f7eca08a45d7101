//! Sketches of the rows chosen, laid out for comparing one row with several of them at a time.

use super::descriptor::{DIMENSIONS, Sketch};

/// Sketches in a block: as many numbers as a processor adds at a time, or a few times that.
const LANES: usize = 16;

/// Sketches in blocks. A block has the first numbers of its sketches, then the second, and so on, so that their products
/// with another sketch are added up side by side, each in the order of `Sketch::similarity`, the plain way.
#[derive(Default)]
pub(super) struct Sketches {
    blocks: Vec<[[f32; LANES]; DIMENSIONS]>,
    len: usize,
}

impl Sketches {
    pub(super) fn push(&mut self, sketch: &Sketch) {
        let lane = self.len % LANES;
        if lane == 0 {
            self.blocks.push([[0.0; LANES]; DIMENSIONS]);
        }
        let numbers = self.blocks.iter_mut().last().into_iter().flatten();
        numbers.zip(sketch.numbers()).for_each(|(lanes, &number)| lanes[lane] = number);
        self.len += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The similarity of a sketch to the most similar one of the block that has the one at an index, and the index of the
    /// first that is not in it.
    pub(super) fn similarity(&self, sketch: &Sketch, index: usize) -> (f64, usize) {
        let block = index / LANES;
        let mut products = [0.0f32; LANES];
        for (lanes, &number) in self.blocks[block].iter().zip(sketch.numbers()) {
            for (product, other) in products.iter_mut().zip(lanes) {
                *product += number * other;
            }
        }
        // A lane without a sketch is 0.
        let most = products.into_iter().fold(0.0, f32::max);
        (f64::from(most), self.len.min((block + 1) * LANES))
    }
}
