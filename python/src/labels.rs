//! How labels are read, and what is said of those that are none.

use crate::errors::{warn, wrong};
use crate::input::OptionalText;
use crate::lexicon::lexicon_of;
use pyo3::prelude::*;
use rolecall::evidence::{LabelReader, LeftOutRows};
use rolecall::lexicon::Lexicon;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Spellings of labels, and the roles they stand for.
pub(crate) type Map = BTreeMap<String, String>;

/// How labels are read.
#[derive(Debug, Default)]
pub(crate) struct LabelOptions {
    /// By the role that the title states.
    pub(crate) from_title: bool,
    map: Map,
    strict: bool,
}

impl LabelOptions {
    /// Labels of a column, or of titles.
    pub(crate) fn new(from_title: bool, map: Option<Map>, strict: bool) -> PyResult<Self> {
        if from_title && (map.is_some() || strict) {
            let what = "label_from_title=True reads no labels that map= or strict= could be about";
            return Err(wrong(format!("{what}: leave out one or the other")));
        }
        Ok(Self { from_title, map: map.unwrap_or_default(), strict })
    }

    pub(crate) fn reader<'a>(&self, lexicon: &'a Lexicon) -> PyResult<LabelReader<'a>> {
        let map = self.map.iter().map(|(spelling, role)| (spelling.as_str(), role.as_str()));
        LabelReader::mapped(lexicon, map).map_err(|error| wrong(format!("map={{...}}: {error}")))
    }

    /// Refuses labels that are not understood, if that was asked for.
    pub(crate) fn check(&self, left_out: &LeftOutRows, reader: &LabelReader) -> PyResult<()> {
        if !self.strict {
            return Ok(());
        }
        left_out.refuse(reader).map_err(|error| {
            wrong(format!(
                "{error} (rows from 0); correct them, or say what they stand for with \
                 map={{\"LABEL\": \"ROLE\"}}"
            ))
        })
    }
}

/// Says that a label column holds no roles, so that titles are taken instead.
pub(crate) fn warn_of_other_labels(py: Python, column: &str) -> PyResult<()> {
    warn(
        py,
        &format!(
            "column {column:?} holds no roles: what the titles state is audited; name another column with label=..."
        ),
    )
}

/// Reads labels as people write them: "PO", "product-owner", "IT Project Manager", "none".
///
/// labels: n texts; None and NaN are no label. map: spellings, and the role or "other" that each stands for,
/// whatever they would be read as. lexicon: folder of a lexicon, instead of the one inside the package.
///
/// Returns a list of n: the id of a role ("product_owner"), "other", or None for what is not understood or
/// may be several roles, such as "PM".
///
/// Raises ValueError if a spelling is mapped to no role, and TypeError for labels that are no texts.
#[pyfunction]
#[pyo3(signature = (labels, *, map=None, lexicon=None))]
pub(crate) fn read_labels(
    labels: Vec<OptionalText>,
    map: Option<Map>,
    lexicon: Option<PathBuf>,
) -> PyResult<Vec<Option<String>>> {
    let lexicon = lexicon_of(lexicon.as_deref())?;
    let reader = LabelOptions::new(false, map, false)?.reader(&lexicon)?;
    let id = |text: OptionalText| Some(reader.read(&text.0).ok()?.id(lexicon.roles()).to_owned());
    Ok(labels.into_iter().map(id).collect())
}
