//! How common the roles are in a file, if that is not as in the rows that a model learned from.

use crate::model::{Model, Probabilities};
use crate::roles::{OTHER, RoleSet};

/// Shares of postings that are of each role: of all roles together, or of some of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Prior {
    /// Share of postings that are of any role; between the roles it is as in the model.
    Roles(f64),
    /// Shares of postings by role; what is left is shared between the others and other jobs as in the model.
    Each(Vec<(String, f64)>),
}

impl Prior {
    /// Reads `0.3`, or `product_owner=0.2,product_manager=0.5`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let share = |number: &str| {
            let share: f64 =
                number.trim().parse().map_err(|_| format!("{number:?} is not a number"))?;
            let inside = share > 0.0 && share < 1.0;
            inside.then_some(share).ok_or_else(|| format!("{number} is not between 0 and 1"))
        };
        if !text.contains('=') {
            return share(text).map(Self::Roles);
        }
        let mut each: Vec<(String, f64)> = Vec::new();
        for part in text.split(',') {
            let (role, number) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} is not ROLE=SHARE, such as product_owner=0.2"))?;
            let role = role.trim().to_owned();
            if each.iter().any(|(other, _)| *other == role) {
                return Err(format!("{role} stands twice"));
            }
            each.push((role, share(number)?));
        }
        let sum: f64 = each.iter().map(|(_, share)| share).sum();
        if sum > 1.0 {
            return Err(format!("the shares add up to {sum}, which is more than 1"));
        }
        Ok(Self::Each(each))
    }

    /// What the probabilities of each outcome are multiplied by, before they are made to add up to 1
    /// again: its share here over its share among the rows that the model learned from.
    ///
    /// # Errors
    /// If the model has counted nothing of what there are shares of, or a role is unknown.
    pub fn factors(&self, model: &Model) -> Result<Vec<f64>, String> {
        let header = model.header();
        let roles = &header.roles;
        let (of_roles, of_others) = header.postings.split_at(roles.len());
        let counted = |postings: &[u32]| postings.iter().map(|&n| f64::from(n)).sum::<f64>();
        let all = counted(&header.postings);
        let mut trained: Vec<f64> = of_roles.iter().map(|&n| f64::from(n) / all).collect();
        trained.push(counted(of_others) / all);
        let wanted = self.wanted(roles, &trained)?;
        let factor = |(wanted, trained): (f64, &f64)| if *trained > 0.0 { wanted / trained } else { 0.0 };
        let known = trained.iter().all(|share| *share > 0.0);
        known.then(|| wanted.into_iter().zip(&trained).map(factor).collect()).ok_or_else(|| {
            "the model has not counted both roles and other jobs, so their shares cannot be changed"
                .to_owned()
        })
    }

    /// Shares by outcome.
    fn wanted(&self, roles: &RoleSet, trained: &[f64]) -> Result<Vec<f64>, String> {
        let mut wanted: Vec<Option<f64>> = vec![None; trained.len()];
        match self {
            Self::Roles(share) => wanted[roles.len()] = Some(1.0 - share),
            Self::Each(each) => {
                for (id, share) in each {
                    let place = roles.iter().position(|role| role.id == *id);
                    let place = place.or_else(|| (id == OTHER).then_some(roles.len()));
                    let known = roles.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
                    let place = place
                        .ok_or_else(|| format!("unknown role {id:?}; there are {known} and {OTHER}"))?;
                    wanted[place] = Some(*share);
                }
            }
        }
        let left = 1.0 - wanted.iter().flatten().sum::<f64>();
        let rest: f64 =
            wanted.iter().zip(trained).filter(|(w, _)| w.is_none()).map(|(_, t)| t).sum();
        Ok(wanted.iter().zip(trained).map(|(w, t)| w.unwrap_or(left * t / rest)).collect())
    }
}

/// The probabilities where outcomes are so many times as common (Saerens et al. 2002, equation 4).
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
        let each = vec![("product_owner".to_owned(), 0.2), ("other".to_owned(), 0.5)];
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
