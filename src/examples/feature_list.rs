//! Sorted lists of features, in memory or in a temporary file: those of many postings are most of what training would
//! hold in memory.

use crate::evidence::Occurrence;
use crate::postings::{Spool, SpoolRange};
use std::io;
use std::sync::Arc;

/// A temporary file for the features of postings, to which threads may add at once. It is deleted with the last of its
/// lists.
#[derive(Debug, Clone, Default)]
pub struct FeatureFile(Arc<Spool>);

impl FeatureFile {
    /// Moves features to the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn keep(&self, features: &[Occurrence]) -> io::Result<FeatureList> {
        let mut bytes = vec![0; size_of_val(features)];
        for (bytes, feature) in bytes.as_chunks_mut().0.iter_mut().zip(features) {
            *bytes = feature.number().to_le_bytes();
        }
        Ok(FeatureList::InFile(self.0.clone(), self.0.push(&bytes)?))
    }
}

/// Features, sorted.
#[derive(Debug, Clone)]
pub(crate) enum FeatureList {
    InMemory(Arc<[Occurrence]>),
    InFile(Arc<Spool>, SpoolRange),
}

impl FeatureList {
    /// The features.
    ///
    /// # Panics
    /// If the temporary file, which is open since it was written, cannot be read.
    pub(crate) fn to_vec(&self) -> Vec<Occurrence> {
        match self {
            Self::InMemory(features) => features.to_vec(),
            Self::InFile(spool, range) => {
                let bytes = spool.read(*range).expect("the temporary file of features can be read");
                let numbers = bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
                let feature = |number| {
                    Occurrence::from_number(number)
                        .expect("the temporary file is as it was written")
                };
                numbers.map(feature).collect()
            }
        }
    }

    /// The same list in a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn in_file(&self, file: &FeatureFile) -> io::Result<Self> {
        match self {
            Self::InMemory(features) => file.keep(features),
            Self::InFile(..) => file.keep(&self.to_vec()),
        }
    }

    /// Whether two are one list.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::InMemory(a), Self::InMemory(b)) => Arc::ptr_eq(a, b),
            (Self::InFile(a, at), Self::InFile(b, other)) => Arc::ptr_eq(a, b) && at == other,
            _ => false,
        }
    }
}

impl FromIterator<Occurrence> for FeatureList {
    fn from_iter<I: IntoIterator<Item = Occurrence>>(features: I) -> Self {
        Self::InMemory(features.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Channel, FeatureKey};

    #[test]
    fn features_come_back_from_a_file_as_they_were() {
        let feature = |n: u32| FeatureKey::new(Channel::ALL[n as usize % 6], &n.to_string());
        let lists: Vec<Vec<Occurrence>> = (0..40)
            .map(|n| (0..n * 100).map(|n| Occurrence::new(feature(n), n % 3 == 0)).collect())
            .collect();
        let file = FeatureFile::default();
        let kept = lists.iter().map(|list| file.keep(list)).collect::<io::Result<Vec<_>>>();
        let kept = kept.expect("there is room");
        drop(file);
        for (kept, list) in kept.iter().zip(&lists).rev() {
            assert_eq!(&kept.to_vec(), list);
            assert!(kept.is_same(&kept.clone()) && !kept.is_same(&list.iter().copied().collect()));
        }
        assert!(!kept[1].is_same(&kept[2]));
    }
}
