//! Tells what a job posting is really for: Product Owner, Product Manager or Technical Project
//! Manager.
//!
//! ```text
//! postings   files of postings: columns, rows, rows set aside
//!    |
//! text       a raw field to clean text to tokens
//!    |
//! evidence   the role lexicon and four channels: skills, words, phrases, mentions
//!    |
//! model      counts -> naive Bayes weights -> channel scores -> calibrated probabilities
//!    |
//! judge      verdicts and explanations
//!    |
//! report     CSV rows, tables, text
//!    |
//! cli        options, files by name, the terminal
//! ```
//!
//! Each step uses the steps above it and never those below. [`roles`] and [`metrics`] stand beside
//! them.
//!
//! ```
//! use rolecall::evidence::Lexicon;
//! use rolecall::judge::{Judge, Settings};
//! use rolecall::model::Model;
//!
//! let lexicon = Lexicon::embedded()?;
//! let model = Model::embedded(&lexicon)?;
//! let judge = Judge::new(&model, &lexicon, Settings { closed: true, ..Settings::default() });
//! let text = "You own the product backlog, write user stories with acceptance criteria and plan \
//!             each sprint with the Scrum team as its Product Owner.";
//! let verdict = judge.verdict("Senior Product Owner", text);
//! assert_eq!(verdict.label, rolecall::roles::Label::Role(lexicon.roles().find("product_owner").unwrap()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cli;
pub mod evidence;
pub mod judge;
pub mod metrics;
pub mod model;
pub mod postings;
pub mod report;
pub mod roles;
pub mod text;
