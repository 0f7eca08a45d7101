//! Class priors that differ from those of the training rows.

use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::roles::{OTHER, RoleSet};
use crate::stacking::inputs::View;
use crate::stacking::probabilities::Probabilities;
use std::collections::BTreeMap;

/// Shares of postings by role: of all roles together, or of some.
#[derive(Debug, Clone, PartialEq)]
pub enum Prior {
    /// Share of all roles together; split between them as in the model.
    Roles(f64),
    /// Shares by role; the remainder is split between the other roles and other jobs as in the model.
    Each(BTreeMap<String, f64>),
    /// Proportions between the roles as in the job counts of a document (market.csv); their total, the other roles and
    /// other jobs as in the model.
    Market,
}

/// Spelling of [`Prior::Market`].
const MARKET: &str = "market";
/// Help on the syntax, for errors.
const FORMS: &str = "give one for all roles (0.2), or one by role \
                     (product_owner=0.2,product_manager=0.1), or say \"market\"";

impl Prior {
    /// Reads `0.3`, `product_owner=0.2,product_manager=0.5`, or `market`.
    ///
    /// # Errors
    /// If the text has another form, or as [`Self::of_roles`] and [`Self::of_each`].
    pub fn parse(text: &str) -> Result<Self, String> {
        let share = |number: &str| {
            let not_one = || format!("{number:?} is not a share such as 0.2; {FORMS}");
            number.trim().parse::<f64>().map_err(|_| not_one())
        };
        if text.trim() == MARKET {
            return Ok(Self::Market);
        }
        if !text.contains('=') {
            return share(text).and_then(Self::of_roles);
        }
        let mut each = BTreeMap::new();
        for part in text.split(',') {
            let (role, number) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} is not ROLE=SHARE; {FORMS}"))?;
            if each.insert(role.trim().to_owned(), share(number)?).is_some() {
                return Err(format!("{} stands twice; give it one share", role.trim()));
            }
        }
        Self::of_each(each)
    }

    /// This share for all roles together.
    ///
    /// # Errors
    /// If it is not between 0 and 1.
    pub fn of_roles(share: f64) -> Result<Self, String> {
        inside(share).map(Self::Roles)
    }

    /// These shares by role; `other` may be among them.
    ///
    /// # Errors
    /// If one is not between 0 and 1, or they add up to more than 1.
    pub fn of_each(each: BTreeMap<String, f64>) -> Result<Self, String> {
        each.values().try_for_each(|&share| inside(share).map(drop))?;
        let sum: f64 = each.values().sum();
        if sum > 1.0 + 1e-9 {
            return Err(format!("the shares add up to {sum}, which is more than 1; lower some"));
        }
        Ok(Self::Each(each))
    }

    /// Factor of each outcome, by which its probability is multiplied before normalisation: its share over its
    /// share in the training rows.
    ///
    /// # Errors
    /// If the model has no rows of roles or of other jobs, or a role is unknown.
    pub fn factors(
        &self,
        model: &Model,
        lexicon: &Lexicon,
        view: View,
    ) -> Result<Vec<f64>, String> {
        let header = model.header();
        let rows =
            model.summary(view).map(|summary| summary.fitted_rows.as_slice()).unwrap_or_default();
        let all = rows.iter().sum::<u64>() as f64;
        let trained: Vec<f64> = rows.iter().map(|&n| n as f64 / all).collect();
        let wanted = self.wanted(&header.roles, lexicon, &trained)?;
        let factor =
            |(wanted, trained): (f64, &f64)| if *trained > 0.0 { wanted / trained } else { 0.0 };
        let known =
            trained.len() == header.roles.len() + 1 && trained.iter().all(|&share| share > 0.0);
        known.then(|| wanted.into_iter().zip(&trained).map(factor).collect()).ok_or_else(|| {
            "the model has not counted both roles and other jobs, so their shares cannot be changed"
                .to_owned()
        })
    }

    /// Wanted share by outcome: the roles in their order, then `other`.
    fn wanted(
        &self,
        roles: &RoleSet,
        lexicon: &Lexicon,
        trained: &[f64],
    ) -> Result<Vec<f64>, String> {
        let mut wanted: Vec<Option<f64>> = vec![None; roles.len() + 1];
        let role_index = |id: &str| roles.iter().position(|role| role.id == id);
        match self {
            Self::Roles(share) => wanted[roles.len()] = Some(1.0 - share),
            Self::Market => {
                let counted: Vec<(usize, f64)> = lexicon
                    .market()
                    .iter()
                    .filter_map(|count| Some((role_index(&count.role)?, count.jobs as f64)))
                    .collect();
                if counted.len() < 2 {
                    return Err("the lexicon has numbers of jobs (market.csv) of fewer than two \
                                roles of the model; add rows there, or give shares"
                        .to_owned());
                }
                let jobs: f64 = counted.iter().map(|(_, jobs)| jobs).sum();
                let share: f64 =
                    counted.iter().map(|&(role, _)| trained.get(role).unwrap_or(&0.0)).sum();
                for (role, count) in counted {
                    wanted[role] = Some(share * count / jobs);
                }
            }
            Self::Each(each) => {
                for (id, share) in each {
                    let outcome = role_index(id).or_else(|| (id == OTHER).then_some(roles.len()));
                    let known = roles.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
                    let outcome = outcome.ok_or_else(|| {
                        format!("unknown role {id:?}; there are {known} and {OTHER}")
                    })?;
                    wanted[outcome] = Some(*share);
                }
            }
        }
        let remaining = (1.0 - wanted.iter().flatten().sum::<f64>()).max(0.0);
        let trained_remaining: f64 =
            wanted.iter().zip(trained).filter(|(w, _)| w.is_none()).map(|(_, t)| t).sum();
        Ok(wanted
            .iter()
            .zip(trained)
            .map(|(w, t)| w.unwrap_or(remaining * t / trained_remaining))
            .collect())
    }
}

fn inside(share: f64) -> Result<f64, String> {
    let inside = share > 0.0 && share < 1.0;
    inside.then_some(share).ok_or_else(|| format!("{share} is not between 0 and 1; {FORMS}"))
}

/// Probabilities under a changed prior (Saerens et al. 2002, equation 4).
pub(super) fn shifted(probabilities: &Probabilities, factors: &[f64]) -> Probabilities {
    let (of_roles, of_other) = factors.split_at(probabilities.closed.len());
    let closed: Vec<f64> = probabilities.closed.iter().zip(of_roles).map(|(p, f)| p * f).collect();
    let roles: f64 = closed.iter().sum();
    let inside = probabilities.in_scope * roles;
    let outside = (1.0 - probabilities.in_scope) * of_other[0];
    Probabilities {
        closed: closed.iter().map(|p| p / roles).collect(),
        in_scope: inside / (inside + outside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read() {
        assert_eq!(Prior::parse("0.3"), Ok(Prior::Roles(0.3)));
        assert_eq!(Prior::parse("market"), Ok(Prior::Market));
        let each = [("product_owner".to_owned(), 0.2), ("other".to_owned(), 0.5)].into();
        assert_eq!(Prior::parse("product_owner=.2, other=.5"), Ok(Prior::Each(each)));
        for wrong in ["0", "1", "many", "a=.7,b=.7", "a=.1,a=.2", "a=.1,b"] {
            assert!(Prior::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn odds_are_multiplied_by_how_much_commoner_an_outcome_is() {
        let trained = Probabilities { closed: vec![0.5, 0.3, 0.2], in_scope: 0.4 };
        let shifted = shifted(&trained, &[2.0, 2.0, 2.0, 0.5]);
        let odds = |p: &Probabilities| p.in_scope / (1.0 - p.in_scope);
        assert!((odds(&shifted) / odds(&trained) - 4.0).abs() < 1e-12);
        assert!(shifted.closed.iter().zip(&trained.closed).all(|(a, b)| (a - b).abs() < 1e-12));
        assert!((shifted.open().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
