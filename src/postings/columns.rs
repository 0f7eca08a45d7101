//! Finds the columns of a table that rolecall reads.

use super::fields::Fields;
use serde::Serialize;
use std::collections::HashSet;

/// A column that rolecall reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// The text of the posting.
    Description,
    /// The job title.
    Title,
    /// The organisation.
    Company,
    /// The label.
    Label,
    /// The row's identity.
    Id,
}

/// Usual names of the description, likeliest first, normalised as by [`plain`].
const DESCRIPTIONS: &[&str] = &[
    // Feeds have the beginning of it in the description.
    "contentencoded",
    "description",
    "jobdescription",
    "jobdesc",
    "fulldescription",
    "descriptionplain",
    "descriptiontext",
    "jobdescriptiontext",
    "jobdescriptionformatted",
    "descriptionhtml",
    "jobdescriptionhtml",
    "jobpostingdescription",
    "postingdescription",
    "positiondescription",
    "vacancydescription",
    "roledescription",
    "jobdescriptionplain",
    "descriptionmarkdown",
    "descriptionraw",
    "rawdescription",
    "longdescription",
    "externaldescription",
    "externaljobdescription",
    "text",
    "jobtext",
    "fulltext",
    "postingtext",
    "desc",
    "body",
    "content",
    "contenthtml",
    "contenttext",
    "details",
    "jobdetails",
    "posting",
    "jobposting",
    "jobad",
    "advert",
    "jobadtext",
    "adverttext",
    "jobadvert",
    "jobadvertisement",
    "advertisement",
    "jobcontent",
    "duties",
    "responsibilities",
    "jobduties",
    "jobresponsibilities",
    "keyresponsibilities",
    "stellenbeschreibung",
    "beschreibung",
    "summary",
    "jobsummary",
    "positionsummary",
    "joboverview",
    "sections",
];

impl Column {
    /// All columns in order.
    pub const ALL: [Self; 5] =
        [Self::Description, Self::Title, Self::Company, Self::Label, Self::Id];

    /// Name of the command-line option that chooses it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Title => "title",
            Self::Company => "company",
            Self::Label => "label",
            Self::Id => "id",
        }
    }

    /// Usual last names of its path in nested data, normalised as by [`plain`].
    fn nested(self) -> &'static [&'static str] {
        match self {
            Self::Description => &[
                "description",
                "jobdescription",
                "descriptionhtml",
                "content",
                "body",
                "jobsummary",
            ],
            Self::Title => &["title", "jobtitle", "positiontitle"],
            Self::Company => &["organizationname"],
            _ => &[],
        }
    }

    /// Usual names, likeliest first, normalised as by [`plain`].
    pub(super) fn known(self) -> &'static [&'static str] {
        match self {
            Self::Description => DESCRIPTIONS,
            Self::Title => TITLES,
            Self::Company => COMPANIES,
            Self::Label => &["role", "label"],
            Self::Id => IDS,
        }
    }
}

/// Usual names of columns with titles, likeliest first, normalised as by [`plain`].
const TITLES: &[&str] = &[
    "title",
    "jobtitle",
    "positiontitle",
    "postingtitle",
    "jobpostingtitle",
    "positionname",
    "position",
    "jobposition",
    "jobname",
    "vacancy",
    "vacancytitle",
    "vacancyname",
    "requisitiontitle",
    "jobrequisitiontitle",
    "reqtitle",
    "jobopeningname",
    "openingtitle",
    "businesstitle",
    "advertisedtitle",
    "jobheadline",
    "stellentitel",
    "titel",
    "headline",
    "subject",
    "name",
];

/// Usual names of columns with organisations, likeliest first, normalised as by [`plain`].
const COMPANIES: &[&str] = &[
    "company",
    "companyname",
    "employer",
    "employername",
    "organization",
    "organisation",
    "organizationname",
    "hiringorganization",
    "hiringorganizationname",
    "hiringorganisation",
    "organisationname",
    "companydisplayname",
    "employerdisplayname",
    "hiringcompany",
    "hiringcompanyname",
    "employershortname",
    "businessname",
    "advertiser",
    "advertisername",
    "hiringagency",
    "agencyname",
    "agency",
    "clientname",
    "unternehmen",
    "firma",
];

/// Usual names of columns with numbers and names of postings, likeliest first, normalised as by [`plain`].
const IDS: &[&str] = &[
    "id",
    "jobid",
    "jobpostingid",
    "postingid",
    "identifiervalue",
    "identifier",
    "uniqid",
    "uniqueid",
    "uuid",
    "guid",
    "requisitionid",
    "jobrequisitionid",
    "jobreqid",
    "reqid",
    "requisitionnumber",
    "contestnumber",
    "vacancyid",
    "jobnumber",
    "jobkey",
    "externalid",
    "joblink",
];

/// Columns beside the description that are a part of the text, normalised as by [`plain`].
const COMPANIONS: &[&str] = &[
    "responsibilities",
    "jobresponsibilities",
    "keyresponsibilities",
    "mainresponsibilities",
    "dutiesandresponsibilities",
    "duties",
    "jobduties",
    "majorduties",
    "requirements",
    "jobrequirements",
    "keyrequirements",
    "minimumrequirements",
    "minimumqualrequirements",
    "qualifications",
    "jobqualifications",
    "requiredqualifications",
    "preferredqualifications",
    "minimumqualifications",
    "qualificationsummary",
];

/// Words that a text of a posting has at least, on average over a column.
const FEWEST_WORDS: usize = 25;

/// Ends of the paths of the sections that tell of the duties, normalised as by [`plain`].
const IN_SECTIONS: [&str; 2] = ["sectionsjobdescriptiontext", "sectionsqualificationstext"];

/// Column names chosen by the user.
#[derive(Debug, Clone, Default)]
pub struct ColumnNames(pub Vec<(Column, String)>);

/// Indices of the columns in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    indices: [Option<usize>; Column::ALL.len()],
    /// Indices of the columns of the description, if there are several.
    parts: Vec<usize>,
}

/// A name in lower case, without spaces and punctuation.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The names of a header, as columns are found by them.
struct HeaderNames<'h> {
    header: &'h [String],
    /// As by [`plain`].
    whole: Vec<String>,
    /// The last name of each path, as by [`plain`].
    last: Vec<String>,
}

impl<'h> HeaderNames<'h> {
    fn new(header: &'h [String]) -> Self {
        let last = |name: &String| plain(name.rsplit('.').next().unwrap_or(name));
        Self {
            header,
            whole: header.iter().map(|name| plain(name)).collect(),
            last: header.iter().map(last).collect(),
        }
    }

    /// The text of the duties among several sections, as `SmartRecruiters` gives them.
    fn in_sections(&self) -> Option<usize> {
        self.whole.iter().position(|name| name.ends_with(IN_SECTIONS[0]))
    }

    /// A text of a description that is not of the company.
    fn description_text(&self) -> Option<usize> {
        let is_text =
            |name: &String| name.ends_with("descriptiontext") && !name.contains("company");
        self.whole.iter().position(is_text)
    }
}

impl Columns {
    /// Finds the columns in a header: the chosen ones by name, the others by their usual names. No column is used
    /// twice; the description may be in several columns.
    ///
    /// # Errors
    /// A chosen column that does not exist.
    pub fn find(header: &[String], chosen: &ColumnNames) -> Result<Self, MissingColumn> {
        let mut columns = Self::default();
        let names = HeaderNames::new(header);
        for (column, name) in &chosen.0 {
            let index = header
                .iter()
                .position(|h| h == name)
                .or_else(|| names.whole.iter().position(|h| *h == plain(name)))
                .ok_or_else(|| MissingColumn::chosen(*column, name, header))?;
            columns.indices[*column as usize].get_or_insert(index);
            if *column == Column::Description {
                columns.parts.push(index);
            }
        }
        let is_default = columns.parts.is_empty();
        for column in Column::ALL {
            if columns.index_of(column).is_none() {
                columns.indices[column as usize] = columns.usual(column, &names);
            }
        }
        if is_default {
            columns.complete_lever(&names.whole);
            let in_sections = names.in_sections();
            if in_sections.is_some() && in_sections == columns.index_of(Column::Description) {
                columns.complete_sections(&names.whole);
            }
            if columns.parts.len() < 2 {
                columns.complete_companions(header);
            }
        }
        columns.parts.dedup();
        if columns.parts.len() < 2 {
            columns.parts.clear();
        }
        Ok(columns)
    }

    /// The index of a column by its usual names: by its path, or else by the last name of it.
    fn usual(&self, column: Column, names: &HeaderNames) -> Option<usize> {
        let free = |is: &dyn Fn(usize) -> bool| {
            (0..names.header.len()).find(|&index| !self.uses(index) && is(index))
        };
        // What stands beside the text is nearer than what stands around it.
        let beside = self.beside_description(names.header);
        let near = |known: &&str| {
            let is_beside = |path: &String, index: usize| {
                let name = names.header[index].strip_prefix(path.as_str());
                name.is_some_and(|name| plain(name) == **known)
            };
            let beside = beside.as_ref().and_then(|path| free(&|index| is_beside(path, index)));
            beside.or_else(|| free(&|index| names.whole[index] == **known))
        };
        let nested = |known: &&str| free(&|index| names.last[index] == **known);
        let is_description = column == Column::Description;
        let known = column.known().iter().find_map(near);
        known
            .or_else(|| names.in_sections().filter(|_| is_description))
            .or_else(|| column.nested().iter().find_map(nested))
            .or_else(|| names.description_text().filter(|_| is_description))
    }

    /// Exports of Lever have the duties in `lists` besides the description, and the title in `text`.
    fn complete_lever(&mut self, names: &[String]) {
        let at = |name: &str| names.iter().position(|n| n == name);
        let (Some(description), Some(lists), Some(_)) =
            (self.indices[Column::Description as usize], at("lists"), at("hostedurl"))
        else {
            return;
        };
        let additional = at("additionalplain").or_else(|| at("additional"));
        self.parts = [description, lists].into_iter().chain(additional).collect();
        let title = at("text").filter(|index| !self.uses(*index));
        self.indices[Column::Title as usize] = self.indices[Column::Title as usize].or(title);
    }

    /// The qualifications are a part of the text, as the duties are.
    fn complete_sections(&mut self, names: &[String]) {
        let Some(description) = self.index_of(Column::Description) else { return };
        let before = names[description].strip_suffix(IN_SECTIONS[0]).unwrap_or_default();
        let others = IN_SECTIONS[1..].iter().filter_map(|section| {
            names.iter().position(|name| name.strip_prefix(before) == Some(section))
        });
        self.parts = [description].into_iter().chain(others).collect();
    }

    /// Duties and requirements are a part of the text where they are columns beside the description.
    fn complete_companions(&mut self, header: &[String]) {
        let Some(description) = self.index_of(Column::Description) else { return };
        let path = |name: &String| name.rsplit_once('.').map(|(path, _)| path.to_owned());
        let around = path(&header[description]);
        let companions = (0..header.len()).filter(|&index| {
            let name = header[index].rsplit('.').next().unwrap_or_default();
            !self.uses(index)
                && path(&header[index]) == around
                && COMPANIONS.contains(&plain(name).as_str())
        });
        self.parts = [description].into_iter().chain(companions).collect();
    }

    /// Keeps the description's further columns for which `keeps` holds.
    pub fn retain_parts(&mut self, keeps: impl Fn(usize) -> bool) {
        let description = self.index_of(Column::Description);
        self.parts.retain(|&index| Some(index) == description || keeps(index));
        if self.parts.len() < 2 {
            self.parts.clear();
        }
    }

    /// The path up to the name of the text, if the text is in an object in the row.
    fn beside_description(&self, header: &[String]) -> Option<String> {
        let description = &header[self.index_of(Column::Description)?];
        let (path, name) = description.rsplit_once('.')?;
        // The title beside the text of a section is a heading.
        (plain(name) != "text").then(|| format!("{path}."))
    }

    /// Whether the column at an index is used.
    pub(super) fn uses(&self, index: usize) -> bool {
        self.indices.contains(&Some(index)) || self.parts.contains(&index)
    }

    /// The index of a column in the header, from 0.
    pub fn index_of(&self, column: Column) -> Option<usize> {
        self.indices[column as usize]
    }

    /// The indices of the description's columns, from 0, if there are several; empty otherwise.
    pub fn parts(&self) -> &[usize] {
        &self.parts
    }

    /// The same columns in a table with another order: `to` has the new index of each old one.
    #[must_use]
    pub fn moved(&self, to: &[usize]) -> Self {
        Self {
            indices: self.indices.map(|index| index.map(|i| to[i])),
            parts: self.parts.iter().map(|&i| to[i]).collect(),
        }
    }
}

/// A column that a header does not have.
#[derive(Debug, thiserror::Error)]
#[error("{}; the columns are {}{}", self.what(), listed(header), self.hint())]
pub struct MissingColumn {
    /// The column.
    pub column: Column,
    /// The name it was sought by; none for the usual names.
    pub name: Option<String>,
    /// The columns that there are.
    pub header: Vec<String>,
    /// Those with the most similar names, most similar first.
    pub nearest: Vec<String>,
    /// The column whose fields look like the texts of postings, if they were read.
    pub likely: Option<Box<str>>,
}

impl MissingColumn {
    /// A column that is missing by the name chosen for it.
    fn chosen(column: Column, name: &str, header: &[String]) -> Self {
        let (header, nearest) = (header.to_vec(), nearest(name, &[], header));
        Self { column, name: Some(name.to_owned()), header, nearest, likely: None }
    }

    /// A description that is missing by its usual names.
    pub(super) fn description(header: &[String], rows: &[&Fields]) -> Self {
        let column = Column::Description;
        let nearest = nearest(column.name(), column.known(), header);
        let likely = like_texts(header, rows);
        Self { column, name: None, header: header.to_vec(), nearest, likely }
    }

    fn what(&self) -> String {
        match (&self.name, self.column) {
            (Some(name), _) => format!("no column {name:?}"),
            (None, Column::Description) => {
                "no column with the text of the postings was found".into()
            }
            (None, column) => format!("no column with the {} was found", column.name()),
        }
    }

    fn hint(&self) -> String {
        if let Some(likely) = &self.likely {
            return format!(". Column {likely:?} looks like the texts");
        }
        let nearest = listed(&self.nearest);
        if nearest.is_empty() { nearest } else { format!(". Nearest: {nearest}") }
    }
}

/// The column of rows that looks most like texts of postings: many words, and others in each row.
fn like_texts(header: &[String], rows: &[&Fields]) -> Option<Box<str>> {
    let words = |index: usize| {
        let fields = rows.iter().filter_map(|fields| fields.get(index));
        let texts: Vec<&str> = fields.filter(|field| !field.trim().is_empty()).collect();
        let different = texts.iter().collect::<HashSet<_>>().len();
        let words: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
        let many = words >= FEWEST_WORDS * texts.len();
        (many && 2 * texts.len() > rows.len() && 10 * different >= 9 * texts.len()).then_some(words)
    };
    // Of columns with the same name, the first is the one that can be chosen.
    let can_be_chosen =
        |&index: &usize| !header[index].is_empty() && !header[..index].contains(&header[index]);
    let columns = (0..header.len()).filter(can_be_chosen);
    let most = columns.filter_map(|index| Some((words(index)?, index))).max();
    most.map(|(_, index)| header[index].as_str().into())
}

/// Distinct, non-empty names for columns whose names may be empty or repeated.
pub fn distinct(names: &[String]) -> Vec<String> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut all = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let name = if name.is_empty() { format!("column_{}", index + 1) } else { name.clone() };
        let mut other = name.clone();
        let mut times = 1;
        while seen.contains(&other) || (times > 1 && names.contains(&other)) {
            times += 1;
            other = format!("{name}_{times}");
        }
        seen.insert(other.clone());
        all.push(other);
    }
    all
}

/// The first forty column names for a message, quoted, on one line.
pub fn listed(header: &[String]) -> String {
    let names: Vec<String> = header.iter().take(40).map(|name| format!("{name:?}")).collect();
    let more = header.len() - names.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(", ") + &rest
}

/// The names of a header that are most similar to `wanted` and `known` ones, at most three.
fn nearest(wanted: &str, known: &[&str], header: &[String]) -> Vec<String> {
    let wanted = plain(wanted);
    let mut similar: Vec<(f64, &String)> = header
        .iter()
        .map(|h| {
            let h_plain = plain(h);
            let inside =
                h_plain.contains(&wanted) || (h_plain.len() > 3 && wanted.contains(&h_plain));
            let names = known.iter().copied().chain([wanted.as_str()]);
            let like = names.map(|k| strsim::jaro_winkler(k, &h_plain));
            (f64::from(u8::from(inside)) + like.fold(0.0, f64::max), h)
        })
        .filter(|(similarity, _)| *similarity > 0.75)
        .collect();
    similar.sort_by(|a, b| b.0.total_cmp(&a.0));
    similar.into_iter().take(3).map(|(_, name)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|&n| n.to_owned()).collect()
    }

    #[test]
    fn columns_are_found_by_their_usual_names() {
        let cases: [(&[&str], [Option<usize>; 5]); 5] = [
            (&["title", "description"], [Some(1), Some(0), None, None, None]),
            (
                &["Job Description", "Job Title", "Employer"],
                [Some(0), Some(1), Some(2), None, None],
            ),
            (&["ID", "Position", "text", "role"], [Some(2), Some(1), None, Some(3), Some(0)]),
            (
                &["job_id", "company_name", "job_title", "job_description"],
                [Some(3), Some(2), Some(1), None, Some(0)],
            ),
            (&["a", "b"], [None; 5]),
        ];
        for (names, indices) in cases {
            let found =
                Columns::find(&header(names), &ColumnNames::default()).expect("no names chosen");
            assert_eq!(found.indices, indices, "{names:?}");
        }
    }

    /// Header, indices of the columns, and those of the description's parts.
    type Case<'c> = (&'c [&'c str], [Option<usize>; 5], &'c [usize]);

    #[test]
    fn exports_of_job_boards_are_known() {
        let lever = ["id", "text", "descriptionPlain", "lists", "additionalPlain", "hostedUrl"];
        let cases: [Case; 5] = [
            (&lever, [Some(2), Some(1), None, None, Some(0)], &[2, 3, 4]),
            (
                &["absolute_url", "id", "title", "company_name", "content"],
                [Some(4), Some(2), Some(3), None, Some(1)],
                &[],
            ),
            (
                &["@type", "title", "description", "hiringOrganization.name", "identifier.value"],
                [Some(2), Some(1), Some(3), None, Some(4)],
                &[],
            ),
            (
                &["job_id", "company_name", "title", "description", "formatted_experience_level"],
                [Some(3), Some(2), Some(1), None, Some(0)],
                &[],
            ),
            (&["meta.title", "posting.content"], [Some(1), Some(0), None, None, None], &[]),
        ];
        for (names, indices, parts) in cases {
            let found =
                Columns::find(&header(names), &ColumnNames::default()).expect("no names chosen");
            assert_eq!((found.indices, found.parts()), (indices, parts), "{names:?}");
        }
    }

    #[test]
    fn a_chosen_column_wins_and_a_missing_one_is_explained() {
        let names = header(&["title", "description", "descripton_2"]);
        let chosen = ColumnNames(vec![(Column::Description, "descripton_2".into())]);
        let found = Columns::find(&names, &chosen).expect("it is there");
        assert_eq!(found.index_of(Column::Description), Some(2));
        let chosen = ColumnNames(vec![(Column::Description, "desription".into())]);
        let error = Columns::find(&names, &chosen).expect_err("it is not there");
        assert!(error.to_string().contains("Nearest: \"description\""), "{error}");
    }
}
