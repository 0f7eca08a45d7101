//! The roles, which `data/roles/roles.csv` defines, and labels.

use serde::{Deserialize, Serialize};

/// The label of rows that are none of the roles.
pub(crate) const OTHER: &str = "other";

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Name in files: `product_owner`.
    pub id: String,
    /// Name for people: `Product Owner`.
    pub name: String,
}

/// Index of a role in its [`RoleSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoleId(pub(crate) u8);

impl RoleId {
    /// Index in the role set, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The roles in their fixed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleSet(Vec<Role>);

impl RoleSet {
    /// A set of 2 to 32 roles with distinct ids.
    ///
    /// # Errors
    /// What is wrong with the list.
    pub(crate) fn new(roles: Vec<Role>) -> Result<Self, String> {
        if !(2..=32).contains(&roles.len()) {
            return Err(format!("a role set has 2 to 32 roles, not {}", roles.len()));
        }
        for (i, role) in roles.iter().enumerate() {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if role.id.is_empty() || !role.id.bytes().all(plain) {
                return Err(format!("role id {:?} is not made of a to z, 0 to 9 and _", role.id));
            }
            if [OTHER, "undecided", "none", "anothers", "serves"].contains(&role.id.as_str()) {
                return Err(format!("role id {:?} has a meaning of its own", role.id));
            }
            if roles[..i].iter().any(|r| r.id == role.id) {
                return Err(format!("role id {:?} stands twice", role.id));
            }
        }
        Ok(Self(roles))
    }

    /// Number of roles.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The roles in order.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.iter()
    }

    /// The indices of the roles in order.
    pub fn ids(&self) -> impl Iterator<Item = RoleId> + use<> {
        (0..self.0.len() as u8).map(RoleId)
    }

    /// The role at an index.
    pub fn get(&self, id: RoleId) -> &Role {
        &self.0[id.index()]
    }

    /// The ids (or `other`) that an unknown label may mean, the likeliest first: similar ones, those with these
    /// initials, and those that contain it.
    pub fn nearest(&self, label: &str) -> Vec<&str> {
        let label = label.trim().to_lowercase().replace([' ', '-'], "_");
        let likeness = |name: &str| {
            let initials: String = name.split('_').filter_map(|word| word.chars().next()).collect();
            let short = initials.len() > 1 && initials == label;
            let part = label.len() > 3 && name.contains(&label);
            f64::from(u8::from(short || part)) + strsim::jaro_winkler(&label, name)
        };
        let names = self.0.iter().map(|r| r.id.as_str()).chain([OTHER]);
        let mut similar: Vec<(f64, &str)> =
            names.map(|name| (likeness(name), name)).filter(|n| n.0 >= SIMILAR).collect();
        similar.sort_by(|a, b| b.0.total_cmp(&a.0));
        similar.into_iter().map(|(_, name)| name).collect()
    }

    /// The role with this id or display name, in any case.
    pub fn find(&self, name: &str) -> Option<RoleId> {
        let fits = |r: &Role| [&r.id, &r.name].iter().any(|known| known.eq_ignore_ascii_case(name));
        self.0.iter().position(fits).map(|i| RoleId(i as u8))
    }
}

/// Least Jaro-Winkler similarity (0 to 1) of a label to the id that it may mean.
const SIMILAR: f64 = 0.8;

/// The letters and digits of a name, in lower case.
pub(crate) fn letters_and_digits(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// The label of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// One of the roles.
    Role(RoleId),
    /// None of the roles.
    Other,
}

impl Label {
    /// Reads a label: a role's id or display name, or `other`. Letters and digits decide; case, punctuation and white
    /// space do not. [`LabelReader`](crate::evidence::LabelReader) reads other spellings, too.
    pub fn parse(text: &str, roles: &RoleSet) -> Option<Self> {
        let is = |known: &str| letters_and_digits(known).eq(letters_and_digits(text));
        if is(OTHER) {
            return Some(Self::Other);
        }
        let role = roles.iter().position(|role| is(&role.id) || is(&role.name));
        role.map(|index| Self::Role(RoleId(index as u8)))
    }

    /// Name in files: a role's id, or `other`.
    pub fn id(self, roles: &RoleSet) -> &str {
        match self {
            Self::Role(id) => &roles.get(id).id,
            Self::Other => OTHER,
        }
    }

    /// Index of the outcome: the role's index, or the number of roles for `other`.
    pub fn outcome(self, roles: &RoleSet) -> usize {
        match self {
            Self::Role(id) => id.index(),
            Self::Other => roles.len(),
        }
    }
}
