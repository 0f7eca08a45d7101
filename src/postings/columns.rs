//! Which column holds what.

use serde::Serialize;

/// What rolecall reads from a row.
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

impl Column {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Description, Self::Title, Self::Company, Self::Label, Self::Id];

    /// Name of the option that chooses it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Title => "title",
            Self::Company => "company",
            Self::Label => "label",
            Self::Id => "id",
        }
    }

    /// Names it is known by, likeliest first, without case, spaces and punctuation.
    fn known(self) -> &'static [&'static str] {
        match self {
            Self::Description => &[
                "description",
                "jobdescription",
                "fulldescription",
                "descriptiontext",
                "descriptionplain",
                "descriptionhtml",
                "jobdescriptiontext",
                "text",
                "jobtext",
                "fulltext",
                "postingtext",
                "body",
                "content",
                "details",
                "jobdetails",
                "posting",
                "jobposting",
                "jobad",
                "advert",
                "duties",
                "responsibilities",
                "stellenbeschreibung",
                "beschreibung",
                "summary",
                "jobsummary",
            ],
            Self::Title => &[
                "title",
                "jobtitle",
                "positiontitle",
                "postingtitle",
                "position",
                "jobposition",
                "jobname",
                "vacancy",
                "stellentitel",
                "titel",
                "name",
            ],
            Self::Company => &[
                "company",
                "companyname",
                "employer",
                "employername",
                "organization",
                "organisation",
                "organizationname",
                "hiringorganization",
                "hiringorganisation",
                "unternehmen",
                "firma",
            ],
            Self::Label => &["role", "label"],
            Self::Id => {
                &["id", "jobid", "postingid", "uniqid", "uniqueid", "uuid", "guid", "requisitionid"]
            }
        }
    }
}

/// Column names that the user chose.
#[derive(Debug, Clone, Default)]
pub struct ColumnNames(pub Vec<(Column, String)>);

/// Places of the columns in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    places: [Option<usize>; Column::ALL.len()],
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Columns {
    /// Finds the columns in a header: those chosen by name, the others by the names they usually
    /// have. A column is used for one thing only.
    ///
    /// # Errors
    /// A chosen column that is not there: what to say about it.
    pub fn find(header: &[String], chosen: &ColumnNames) -> Result<Self, String> {
        let mut columns = Self::default();
        for (column, name) in &chosen.0 {
            let place = header
                .iter()
                .position(|h| h == name)
                .or_else(|| header.iter().position(|h| plain(h) == plain(name)))
                .ok_or_else(|| missing(&format!("no column {name:?}"), name, &[], header))?;
            columns.places[*column as usize] = Some(place);
        }
        for column in Column::ALL {
            if columns.places[column as usize].is_some() {
                continue;
            }
            let free = |&i: &usize| !columns.places.contains(&Some(i));
            let find = |known: &&str| {
                (0..header.len()).filter(free).find(|&i| plain(&header[i]) == **known)
            };
            columns.places[column as usize] = column.known().iter().find_map(find);
        }
        Ok(columns)
    }

    /// The place of a column, from 0.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }

    /// What to say when the description cannot be found.
    pub(super) fn no_description(header: &[String]) -> String {
        let what = "no column with the text of the postings was found";
        missing(what, "description", Column::Description.known(), header)
    }
}

/// Names of columns for a message: quoted, on one line, the first forty.
pub fn listed(header: &[String]) -> String {
    let names: Vec<String> = header.iter().take(40).map(|name| format!("{name:?}")).collect();
    let more = header.len() - names.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(", ") + &rest
}

fn missing(what: &str, wanted: &str, known: &[&str], header: &[String]) -> String {
    let wanted = plain(wanted);
    let mut near: Vec<(f64, &String)> = header
        .iter()
        .map(|h| {
            let h_plain = plain(h);
            let inside =
                h_plain.contains(&wanted) || (h_plain.len() > 3 && wanted.contains(&h_plain));
            let names = known.iter().copied().chain([wanted.as_str()]);
            let like = names.map(|k| strsim::jaro_winkler(k, &h_plain));
            (f64::from(u8::from(inside)) + like.fold(0.0, f64::max), h)
        })
        .filter(|(near, _)| *near > 0.75)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut message = format!("{what}; the columns are {}", listed(header));
    if !near.is_empty() {
        let nearest: Vec<String> = near.into_iter().take(3).map(|(_, name)| name.clone()).collect();
        message.push_str(&format!(". Nearest: {}", listed(&nearest)));
    }
    message
        .push_str(". Choose one with --description COLUMN (or --title, --company, --label, --id)");
    message
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
        for (names, places) in cases {
            let found =
                Columns::find(&header(names), &ColumnNames::default()).expect("no names chosen");
            assert_eq!(found.places, places, "{names:?}");
        }
    }

    #[test]
    fn a_chosen_column_wins_and_a_missing_one_is_explained() {
        let names = header(&["title", "description", "descripton_2"]);
        let chosen = ColumnNames(vec![(Column::Description, "descripton_2".into())]);
        let found = Columns::find(&names, &chosen).expect("it is there");
        assert_eq!(found.place(Column::Description), Some(2));
        let chosen = ColumnNames(vec![(Column::Description, "desription".into())]);
        let error = Columns::find(&names, &chosen).expect_err("it is not there");
        assert!(error.contains("Nearest: \"description\""), "{error}");
    }
}
