//! Command-line arguments.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use encoding_rs::Encoding;
use rolecall::judge::{Decision, Prior};
use rolecall::model::View;
use rolecall::postings::{Column, ColumnNames, Dialect};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Tells what job postings are really for: Product Owner, Product Manager or Technical Project
/// Manager.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Label postings: the same rows with a role, a confidence and the reasons
    Classify(Classify),
    /// Learn a model from labelled postings
    Train(Train),
    /// Add labelled postings to a model, take some out, merge models; see what changes first
    Retrain(Box<RetrainArgs>),
    /// Find the postings whose title does not match the duties
    Audit(AuditArgs),
    /// Apply the decisions of a reviewer to the postings: rows to learn from
    Review(Review),
    /// Choose the rows whose labels would teach a model most
    Suggest(Suggest),
    /// Measure how good it is: by folds, by leaving out organisations, or a model on a labelled file
    Evaluate(Evaluate),
    /// Show why one posting is judged as it is
    Explain(Explain),
    /// List the role lexicon, or the skills that each posting shows
    Skills(Skills),
    /// Write the features and channel scores of each posting, for other programs to learn from
    Features(Features),
    /// Look into a model
    #[command(subcommand)]
    Model(ModelCommand),
    /// Write what a shell needs to complete commands, such as `rolecall completions bash`
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    Man {
        /// Folder to write them to
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
}

impl Command {
    /// The options that all commands share; none for those that write files of the shell.
    pub(crate) fn common(&self) -> Option<&CommonArgs> {
        Some(match self {
            Self::Classify(args) => &args.input.reading.common,
            Self::Train(args) => &args.input.reading.common,
            Self::Retrain(args) => &args.reading.common,
            Self::Audit(args) => &args.input.reading.common,
            Self::Review(args) => &args.input.reading.common,
            Self::Evaluate(args) => &args.input.reading.common,
            Self::Suggest(args) => &args.input.reading.common,
            Self::Explain(args) => &args.input.reading.common,
            Self::Skills(args) => &args.input.reading.common,
            Self::Features(args) => &args.input.reading.common,
            Self::Model(
                ModelCommand::Show { common, .. } | ModelCommand::Export { common, .. },
            ) => common,
            Self::Model(ModelCommand::Compare { reading, .. }) => &reading.common,
            Self::Completions { .. } | Self::Man { .. } => return None,
        })
    }

    /// The model that the command uses, if without one it uses the embedded model.
    pub(crate) fn default_model(&mut self) -> Option<&mut Option<PathBuf>> {
        match self {
            Self::Classify(args) => Some(&mut args.judging.model),
            Self::Explain(args) => Some(&mut args.judging.model),
            Self::Suggest(args) => Some(&mut args.judging.model),
            Self::Features(args) => Some(&mut args.model),
            Self::Model(ModelCommand::Show { file, .. } | ModelCommand::Export { file, .. }) => {
                Some(file)
            }
            _ => None,
        }
    }
}

/// Which files to read, and how.
#[derive(Debug, ClapArgs)]
pub(crate) struct InputArgs {
    /// Files of postings; `-` or none for standard input
    ///
    /// CSV, TSV, JSON, Excel or Parquet, packed or not, and patterns such as '*.csv'. Rows of several files get a column
    /// `source`
    #[arg(value_name = "INPUT")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// Where to write rows, and how.
#[derive(Debug, ClapArgs)]
pub(crate) struct Writing {
    /// Write to this file (standard output otherwise)
    ///
    /// Files whose names end in .gz or .zst are packed
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Form of the rows
    ///
    /// Found by the name of the output, or else that of the input
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Begin CSV with a byte order mark, by which Excel knows UTF-8 (done anyway if the input has one)
    #[arg(long)]
    pub(crate) bom: bool,
}

/// How to read files.
#[derive(Debug, ClapArgs)]
pub(crate) struct ReadingArgs {
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// Character between fields, such as `;`, `tab` or `\x01` (found otherwise)
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Character around fields (found otherwise: `"` or `'`)
    #[arg(long, value_name = "CHAR", value_parser = character)]
    pub(crate) quote: Option<u8>,
    /// Character before quotes within fields (found otherwise: another quote, or `\`)
    #[arg(long, value_name = "CHAR", value_parser = character)]
    pub(crate) escape: Option<u8>,
    /// Encoding of the files, such as windows-1252 (found otherwise)
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub(crate) encoding: Option<&'static Encoding>,
    /// The first line is a row: columns are called by their numbers, from 1
    #[arg(long)]
    pub(crate) no_header: bool,
    /// Sheet of a workbook (found otherwise: the first one with a column for the text)
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Write the rows that could not be read to this file, with their line and the reason
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Exit with status 1 if more rows than this could not be read
    #[arg(long, value_name = "N")]
    pub(crate) max_rejects: Option<u64>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

impl ReadingArgs {
    /// How files are to be read.
    pub(crate) fn dialect(&self) -> Dialect {
        Dialect {
            names: self.columns.names(),
            delimiter: self.delimiter,
            quote: self.quote,
            escape: self.escape,
            encoding: self.encoding,
            no_header: self.no_header,
            sheet: self.sheet.clone(),
        }
    }
}

/// Columns by name; found by themselves otherwise.
#[derive(Debug, ClapArgs)]
pub(crate) struct ColumnArgs {
    /// Column with the text of the posting
    ///
    /// Or its path in JSON; given several times, they are read as one
    #[arg(long, value_name = "COLUMN")]
    description: Vec<String>,
    /// Column with the job title
    #[arg(long, value_name = "COLUMN")]
    title: Option<String>,
    /// Column with the organisation
    #[arg(long, value_name = "COLUMN")]
    company: Option<String>,
    /// Column with the label
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// Column with the identity of the row
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
}

impl ColumnArgs {
    pub(crate) fn names(&self) -> ColumnNames {
        let texts = self.description.iter().map(|name| (Column::Description, name));
        let others = [
            (Column::Title, &self.title),
            (Column::Company, &self.company),
            (Column::Label, &self.label),
            (Column::Id, &self.id),
        ];
        let others = others.into_iter().filter_map(|(c, name)| Some((c, name.as_ref()?)));
        ColumnNames(texts.chain(others).map(|(c, name)| (c, name.clone())).collect())
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CommonArgs {
    /// Folder with the role lexicon, laid out like data/roles/ (the embedded one otherwise)
    #[arg(long, value_name = "DIR")]
    pub(crate) lexicon: Option<PathBuf>,
    /// Threads to use (all cores otherwise)
    #[arg(long, value_name = "N", env = "ROLECALL_THREADS", hide_env_values = true)]
    pub(crate) threads: Option<usize>,
    /// Say nothing on standard error but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Give reports and summaries as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Colours on a terminal: never in files, and with `auto` not where `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// The same for the streams of the terminal. A dumb terminal shows none, also where `CI` is set, which anstream takes for colours.
    pub(crate) fn choice(self) -> anstream::ColorChoice {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        match self {
            Self::Auto if is_dumb => anstream::ColorChoice::Never,
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }
}

/// How to judge.
#[derive(Debug, ClapArgs)]
pub(crate) struct Judging {
    /// Model file (the embedded model otherwise)
    ///
    /// Without it, that in `ROLECALL_MODEL`, or else the embedded model
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) asked: Asked,
}

/// What is asked of a posting.
#[derive(Debug, ClapArgs)]
pub(crate) struct Asked {
    /// Give every posting one of the roles
    #[arg(long)]
    pub(crate) closed: bool,
    /// What is read of a posting
    #[arg(long, value_enum, value_name = "VIEW", default_value = "whole")]
    view: ViewArg,
}

impl Asked {
    pub(crate) fn view(&self) -> View {
        match self.view {
            ViewArg::Whole => View::Whole,
            ViewArg::Text => View::Text,
            ViewArg::Duties => View::Duties,
        }
    }
}

/// What is read of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ViewArg {
    /// The title and the text; the text alone where there is no title
    Whole,
    /// The text without the title
    Text,
    /// The text with the names of the roles masked, as in an audit
    Duties,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Classify {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// How common the roles are in the file, such as 0.3
    ///
    /// The share of postings that are of a role (0.3), or the shares of some (`product_owner=0.2,product_manager=0.3`), or `market`: the roles of which a document counts the jobs, beside
    /// one another as there. As in the rows that the model learned from otherwise
    #[arg(long, value_name = "SHARE", value_parser = Prior::parse, conflicts_with = "closed")]
    pub(crate) prior: Option<Prior>,
    /// Share of accepted postings that should be right
    ///
    /// Below it, the decision is `review`
    #[arg(long, value_name = "P", default_value = "0.9", value_parser = precision)]
    pub(crate) precision: f64,
    #[command(flatten)]
    pub(crate) columns: OutColumns,
    /// Write over the columns of an earlier run, in a file that was classified before
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) writing: Writing,
    #[command(flatten)]
    pub(crate) page: PageArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// How a run of `classify` goes.
#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// Keep what is done if the run is stopped, and go on from there when it is run again
    #[arg(long, requires = "output", requires = "files")]
    pub(crate) resume: bool,
    /// Answer each line of standard input before the next one is read
    ///
    /// For programs that ask and wait. A line is a JSON object, or a record below the header; the answer is a line, too.
    /// One that cannot be read has the decision `rejected`
    #[arg(long, conflicts_with_all = ["output", "report", "resume"])]
    pub(crate) line_buffered: bool,
}

/// Which columns come out.
#[derive(Debug, ClapArgs)]
pub(crate) struct OutColumns {
    /// Leave out the column `evidence`, the phrases that decided
    #[arg(long)]
    pub(crate) no_evidence: bool,
    /// The columns that come out, such as `id,title,predicted_role`
    ///
    /// In this order: of the input, as text, and added
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Leave out the columns of the input but id and title
    #[arg(long, conflicts_with = "select")]
    pub(crate) slim: bool,
}

/// The page of verdicts.
#[derive(Debug, ClapArgs)]
pub(crate) struct PageArgs {
    /// Write a page to review the verdicts on
    ///
    /// In one file: the least confident first
    #[arg(long, value_name = "FILE.html", conflicts_with = "resume")]
    pub(crate) report: Option<PathBuf>,
    /// Only rows of these decisions on the page, such as `review,accept`
    #[arg(long, value_enum, value_name = "DECISION", value_delimiter = ',', requires = "report")]
    pub(crate) only: Vec<DecisionArg>,
    /// Most rows on the page
    #[arg(long, value_name = "N", default_value = "500", requires = "report")]
    pub(crate) top: usize,
}

/// A decision, by its name in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum DecisionArg {
    Review,
    Accept,
    OutOfScope,
    NoEvidence,
}

impl DecisionArg {
    pub(crate) fn decision(self) -> Decision {
        match self {
            Self::Review => Decision::Review,
            Self::Accept => Decision::Accept,
            Self::OutOfScope => Decision::OutOfScope,
            Self::NoEvidence => Decision::NoEvidence,
        }
    }
}

/// Form of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Commas between fields, or what the input has
    Csv,
    /// Tabs between fields
    Tsv,
    /// A JSON object a line
    Jsonl,
    /// An array of JSON objects
    Json,
    /// Parquet
    Parquet,
    /// A workbook of Excel
    Xlsx,
    /// For reading, a line a row; of `classify`, `audit` and `skills`
    Table,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Train {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Read no postings: a model of the lexicon alone, to start from without labels
    #[arg(long, conflicts_with_all = ["files", "label_from_title", "count_twice"])]
    pub(crate) lexicon_only: bool,
    /// Model file to write
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) labelling: Labelling,
}

/// How labels are read.
#[derive(Debug, ClapArgs)]
pub(crate) struct LabelArgs {
    /// What a label stands for, such as `PM=product_manager`
    ///
    /// May be given several times
    #[arg(long, value_name = "LABEL=ROLE", value_parser = mapping)]
    pub(crate) map: Vec<(String, String)>,
    /// Refuse labels that are not understood, instead of leaving out their rows
    #[arg(long)]
    pub(crate) strict: bool,
    /// Leave out rows of labels that seem to be roles which the lexicon lacks, instead of refusing to learn from the file
    ///
    /// Such labels are near the name of no role, and five rows or more have one
    #[arg(long, conflicts_with = "strict")]
    pub(crate) lenient: bool,
}

/// How labelled postings are counted.
#[derive(Debug, ClapArgs)]
pub(crate) struct Labelling {
    /// Take the role that each title states as the label, and leave out titles that state none or
    /// several
    #[arg(long, conflicts_with_all = ["label", "map", "strict", "lenient"])]
    pub(crate) label_from_title: bool,
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// Count every row, also one that stands twice (title, organisation and text the same), with one label or two
    #[arg(long)]
    pub(crate) count_twice: bool,
    /// What the data is called, to be kept in the model
    #[arg(long, value_name = "TEXT")]
    pub(crate) data_name: Option<String>,
    /// Date to be kept in the model (none otherwise: the same rows give the same bytes)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RetrainArgs {
    /// Model file to start from (the embedded model otherwise, which is a compact one)
    pub(crate) model: Option<PathBuf>,
    /// Labelled postings to learn from; `-` for standard input
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) add: Vec<PathBuf>,
    /// Labelled postings to forget: they must be in the model, with these labels
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) remove: Vec<PathBuf>,
    /// Models whose counts to add
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    pub(crate) merge: Vec<PathBuf>,
    /// Labelled postings to compare the old and the new model on (the added ones otherwise)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) check: Vec<PathBuf>,
    /// Model file to write
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    /// Learn rows that the model knows under another label under their new label instead of the old one
    #[arg(long, conflicts_with = "count_twice")]
    pub(crate) relabel: bool,
    /// Write the model even if it is worse than the old one by more than chance
    #[arg(long)]
    pub(crate) allow_worse: bool,
    #[command(flatten)]
    pub(crate) labelling: Labelling,
    /// Show this many things of each kind
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) top: usize,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Judge by what the file itself teaches, and nothing else
    ///
    /// So it is done anyway when each role has enough rows; with the embedded model otherwise
    #[arg(long, conflicts_with = "model")]
    pub(crate) from_file: bool,
    /// Judge by this model
    ///
    /// Of rows that it was trained on, their organisations are taken out of it
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// Write every row that states a role with its suspicion, not only the findings
    #[arg(long, conflicts_with_all = ["top", "min_suspicion"])]
    pub(crate) all: bool,
    /// Write only the first findings: this many
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// Write only findings that are at least this suspect, from 0 to 1
    #[arg(long, value_name = "P", value_parser = share)]
    pub(crate) min_suspicion: Option<f64>,
    /// The columns that come out, such as `row,title,suggested_role`
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    #[command(flatten)]
    pub(crate) writing: Writing,
    /// Write a page to review the findings on, in one file
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Exit with status 1 if there is any finding
    #[arg(long)]
    pub(crate) fail_on_findings: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Review {
    /// Decisions, as the review page gives them: a table with `row`, `id` or `text`, `decision` and `role`
    pub(crate) decisions: PathBuf,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Write all rows: the whole sheet, with a column `reviewed` that says what was decided
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    #[command(flatten)]
    pub(crate) writing: Writing,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Suggest {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// How many rows
    #[arg(long, short = 'n', value_name = "N", default_value = "50")]
    pub(crate) number: usize,
    #[command(flatten)]
    pub(crate) writing: Writing,
    /// Write a page to label the rows on, in one file
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Evaluate {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Model to measure; may be given several times
    ///
    /// All are measured on the same rows and compared with the first. Rows that one was trained on are left out
    #[arg(long = "model", value_name = "FILE")]
    pub(crate) models: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) asked: Asked,
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// Column with folds, or a number of folds to be made
    ///
    /// Folds are made of organisations: train on all but one and predict it, for every fold. Rows without a fold are
    /// left out. Without it and without --model, organisations are left out one by one
    #[arg(long, value_name = "COLUMN|N", conflicts_with = "models")]
    pub(crate) folds: Option<String>,
    /// Measure a model also on the rows that it was trained on, which are left out otherwise: too good
    #[arg(long, requires = "models")]
    pub(crate) keep_known: bool,
    /// Column whose values are reported apart
    ///
    /// `source` otherwise, if there is one. Groups of fewer than ten rows are summed up
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Option<String>,
    /// Precision asked of accepted rows (with --folds or --model)
    #[arg(long, value_name = "P", default_value = "0.9", value_parser = precision)]
    pub(crate) precision: f64,
    /// Add a learning curve
    ///
    /// How good it is with 0, 10, 30, 100, 300 and all labelled rows
    #[arg(long)]
    pub(crate) curve: bool,
    /// Write the report as a web page with plots, in one file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write `id` and the probabilities of each labelled row
    ///
    /// From models that did not see it; of several models one after the other, with a column `model`
    #[arg(long, value_name = "FILE")]
    pub(crate) predictions: Option<PathBuf>,
    /// Exit with status 1 if a figure is below a value: `macro-f1=0.8` or `accuracy=0.9`
    #[arg(long, value_name = "FIGURE=VALUE", value_parser = floor)]
    pub(crate) fail_below: Vec<(Figure, f64)>,
}

/// A figure that can be asked to have a floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    MacroF1,
    Accuracy,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// Rows of the file, such as `3` or `3,7,9-12`
    ///
    /// From 1, without the header. Without it, standard input is one posting
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = rows)]
    pub(crate) row: Vec<RangeInclusive<u64>>,
    /// One line a row: the verdict and its strongest evidence
    #[arg(long, conflicts_with_all = ["json", "html"])]
    pub(crate) brief: bool,
    /// Write the explanation as a web page, in one file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Show this many features of each kind
    #[arg(long, value_name = "N", default_value = "8")]
    pub(crate) top: usize,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Skills {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) writing: Writing,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Features {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Model file (that in `ROLECALL_MODEL`, or the embedded model, otherwise)
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) writing: Writing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Show where a model comes from, how good it is, and its strongest evidence
    Show {
        /// Model file (that in `ROLECALL_MODEL`, or the embedded model, otherwise)
        file: Option<PathBuf>,
        /// Show this many features of each role and channel
        #[arg(long, value_name = "N", default_value = "8")]
        top: usize,
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Show what changed between two models, and which rows of a file it changes
    Compare {
        /// The older model
        old: PathBuf,
        /// The newer model
        new: PathBuf,
        /// Postings to classify by both
        #[arg(long, value_name = "FILE", num_args = 1..)]
        rows: Vec<PathBuf>,
        /// Show this many things of each kind
        #[arg(long, value_name = "N", default_value = "10")]
        top: usize,
        #[command(flatten)]
        reading: Box<ReadingArgs>,
    },
    /// Write the counts of a model, or a compact model to give away
    Export {
        /// Model file (that in `ROLECALL_MODEL`, or the embedded model, otherwise)
        file: Option<PathBuf>,
        /// Write the counts as sorted text, one feature a line below the names of the columns: channel,
        /// feature, postings of each role and of each family of other jobs, buckets of organisations in
        /// all postings and in those of a role
        #[arg(long, required_unless_present = "compact", conflicts_with = "compact")]
        counts: bool,
        /// Write the model without what retraining needs to be exact
        #[arg(long)]
        compact: bool,
        /// Write to this file (standard output otherwise)
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        common: CommonArgs,
    },
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "\\t" | "tab" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [b] if b.is_ascii() && !b"\"\n\r".contains(b) => Ok(*b),
            [b'\\', b'x', code @ ..] => std::str::from_utf8(code)
                .ok()
                .and_then(|code| u8::from_str_radix(code, 16).ok())
                .filter(|b| b.is_ascii() && !b"\"\n\r".contains(b))
                .ok_or_else(|| "give two hexadecimal digits below 80, such as \\x01".into()),
            _ => Err("give one ASCII character, or `tab`".into()),
        },
    }
}

fn character(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [b] if b.is_ascii_punctuation() => Ok(*b),
        _ => Err("give one ASCII character that is no letter, digit or space".into()),
    }
}

fn encoding(text: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(text.as_bytes())
        .ok_or_else(|| "give the name of an encoding, such as windows-1252 or utf-16le".into())
}

fn mapping(text: &str) -> Result<(String, String), String> {
    let (label, role) =
        text.rsplit_once('=').ok_or("give LABEL=ROLE, such as PM=product_manager")?;
    Ok((label.to_owned(), role.to_owned()))
}

fn precision(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "give a number such as 0.9".to_owned())?;
    if (0.5..=0.99).contains(&value) {
        Ok(value)
    } else {
        Err("give a value from 0.5 to 0.99".into())
    }
}

fn rows(text: &str) -> Result<RangeInclusive<u64>, String> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let ends = text
        .split_once('-')
        .map_or((number(text), number(text)), |(first, last)| (number(first), number(last)));
    match ends {
        (Some(first), Some(last)) if first <= last => Ok(first..=last),
        _ => Err("give rows from 1, such as 3,7,9-12".into()),
    }
}

/// A day of the calendar in ISO 8601, as it was given.
fn date(text: &str) -> Result<String, String> {
    let number = |range| text.get(range).and_then(|part: &str| part.parse::<u32>().ok());
    let digits = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let days = match (year, month) {
        (Some(year), Some(2)) => {
            28 + u32::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        }
        (Some(_), Some(4 | 6 | 9 | 11)) => 30,
        (Some(_), Some(1..=12)) => 31,
        _ => 0,
    };
    if text.len() == 10 && digits && day.is_some_and(|day| (1..=days).contains(&day)) {
        Ok(text.to_owned())
    } else {
        Err("give a day as YYYY-MM-DD, such as 2026-11-30".into())
    }
}

fn share(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value| (0.0..=1.0).contains(value));
    value.ok_or_else(|| "give a value from 0 to 1".into())
}

fn floor(text: &str) -> Result<(Figure, f64), String> {
    let (name, value) = text.split_once('=').ok_or("give FIGURE=VALUE, such as macro-f1=0.8")?;
    let value = value.parse().ok().filter(|v: &f64| v.is_finite());
    let value = value.ok_or("the value is not a number")?;
    Ok((Figure::from_str(name, true)?, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_options_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("\\x01"), Ok(1));
        assert!(delimiter("ab").is_err() && delimiter("\\x0a").is_err());
        assert!(character("'").is_ok() && character("a").is_err());
        assert!(precision("1.5").is_err());
        assert_eq!((rows("3"), rows("9-12")), (Ok(3..=3), Ok(9..=12)));
        assert!(rows("x").is_err() && rows("4-3").is_err() && rows("-").is_err());
        assert!(share("1").is_ok() && share("1.1").is_err() && share("NaN").is_err());
        assert_eq!(floor("macro-f1=0.8"), Ok((Figure::MacroF1, 0.8)));
        assert!(floor("recall=0.8").is_err());
    }
}
