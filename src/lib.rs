//! Tells what a job posting is really for: Product Owner, Product Manager or Technical Project
//! Manager.
//!
//! ```text
//! postings   files to rows, rows set aside        roles, metrics   role sets; figures
//! text       a raw field to clean text to tokens
//! lexicon    the role lexicon, indexed
//! evidence   a text to features: skills, words, phrases, names of roles
//! examples   labelled postings as hashes          bayes            counts to weights to scores
//! counts     how many postings show a feature
//! holdout    scores without a posting's organisation and near copies
//! stacking   scores to calibrated probabilities
//! model      model files, training, retraining
//! judge      verdicts and explanations
//! audit      titles that do not match the duties   suggest          which rows to label next
//! report     rows, tables, pages
//! cli        options, files by name, the terminal: in the program, not here
//! ```
//!
//! Each uses those above it and none below. `ARCHITECTURE.md` has the way of the data for each job.
//!
//! # Classify
//!
//! ```
//! use rolecall::lexicon::Lexicon;
//! use rolecall::judge::{Judge, Settings};
//! use rolecall::model::Model;
//!
//! let lexicon = Lexicon::embedded()?;
//! let model = Model::embedded(&lexicon)?;
//! let judge = Judge::new(&model, &lexicon, Settings::default());
//! let text = "You own the product backlog, write user stories with acceptance criteria and plan \
//!             each sprint with the Scrum team as its Product Owner.";
//! let verdict = judge.verdict("Senior Product Owner", text);
//! assert_eq!(verdict.label.id(lexicon.roles()), "product_owner");
//! println!("{:.2} {}", verdict.confidence, verdict.decision.name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Train
//!
//! ```
//! use rolecall::evidence::Extractor;
//! use rolecall::lexicon::Lexicon;
//! use rolecall::model::{Collector, Counting};
//! use rolecall::roles::Label;
//!
//! # let postings: Vec<[String; 4]> = ["Product Owner", "Product Manager", "Technical Project Manager"]
//! #     .into_iter()
//! #     .flat_map(|role| (0..3).map(move |i| {
//! #         [format!("Firm {i}"), role.into(), format!("Work of a {role}, number {i}"), role.into()]
//! #     }))
//! #     .collect();
//! let lexicon = Lexicon::embedded()?;
//! let extractor = Extractor::new(&lexicon);
//! let mut collector = Collector::default();
//! for [company, title, text, label] in &postings {
//!     let label = Label::parse(label, lexicon.roles()).ok_or(label.as_str());
//!     collector.add(&extractor.extract(title, text), title, company, label, &lexicon);
//! }
//! let model = collector.train(Counting::default(), &lexicon)?;
//! let mut file = Vec::new();
//! model.write(&mut file)?;
//! # assert!(rolecall::model::Model::from_bytes(&file, &lexicon).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Audit
//!
//! ```
//! use rolecall::audit::{AuditRows, By, Posting, Texts};
//! use rolecall::evidence::Title;
//! use rolecall::lexicon::Lexicon;
//!
//! # let postings = [
//! #     ["Firm 1", "Product Owner", "You own the product backlog, refine user stories with the Scrum team."],
//! #     ["Firm 2", "Product Manager", "You are our Product Owner: backlog, user stories, sprint planning."],
//! # ];
//! let lexicon = Lexicon::embedded()?;
//! let mut rows = AuditRows::new(&lexicon);
//! for (row, [company, title, text]) in (1..).zip(&postings) {
//!     let texts = Texts { id: "", title, company, description: text };
//!     let stated = Title::read(title, &lexicon).label().ok();
//!     rows.add(&[Posting { row, texts, stated }])?;
//! }
//! rows.find_copies();
//! let audit = rows.audit(By::Fitting, false)?;
//! for finding in &audit.findings {
//!     println!("{}: {} or {}?", finding.title, finding.stated_role, finding.suggested_role);
//! }
//! # assert_eq!(audit.summary.rows, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Files are read by [`postings`], and what was found is written by [`report`]. Names that are not on these
//! pages may change with any version.

pub mod audit;
mod bayes;
mod counts;
pub mod evidence;
mod examples;
mod holdout;
pub mod judge;
pub mod lexicon;
pub mod metrics;
pub mod model;
pub mod postings;
pub mod report;
pub mod roles;
mod stacking;
pub mod suggest;
pub mod text;
