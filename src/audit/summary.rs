//! Summary of an audit.

use crate::audit::assessed::Assessed;
use crate::audit::rows::{AuditRow, AuditRows};
use crate::audit::{AuditSummary, Estimate, Finding, Issue, Pair, SuspectGroup, Suspicion};
use crate::metrics::{LEAST_GROUPS, sums, top};
use std::collections::BTreeMap;

/// Most groups listed of each kind.
const NAMED: usize = 20;
/// Least rows of a listed group.
const LEAST_ROWS: u64 = 3;
/// Share of the wrong rows to find, for the number of rows to read.
const WANTED: f64 = 0.8;

impl Assessed<'_> {
    pub(crate) fn summary(
        &self,
        suspicions: &[Suspicion],
        findings: &[Finding],
        method: String,
    ) -> AuditSummary {
        let organisations: Vec<u64> =
            suspicions.iter().map(|s| self.rows.rows[s.index].organisation()).collect();
        let mut pairs = Vec::new();
        for stated in 0..self.outcomes.len() {
            if suspicions.iter().any(|s| s.stated == stated) {
                let others = (0..self.outcomes.len()).filter(|actual| *actual != stated);
                pairs.extend(others.map(|actual| (stated, actual)));
            }
        }
        // What a row adds to the total and to each pair.
        let adds = |s: &Suspicion| {
            let of_pair = |&(stated, actual): &(usize, usize)| {
                if s.stated == stated { s.counting[actual] } else { 0.0 }
            };
            std::iter::once(s.expected_wrong()).chain(pairs.iter().map(of_pair)).collect()
        };
        let adds: Vec<Vec<f64>> = suspicions.iter().map(adds).collect();
        let enough = self.rows.independent() >= LEAST_GROUPS;
        let mut estimates = sums(&adds, &organisations)
            .into_iter()
            .map(|(rows, interval)| Estimate { rows, interval: interval.filter(|_| enough) });
        let wrong = estimates.next().unwrap_or(Estimate { rows: 0.0, interval: None });
        let pairs = pairs.iter().zip(estimates).map(|(&(stated, actual), estimate)| Pair {
            stated: self.outcomes[stated].clone(),
            actual: self.outcomes[actual].clone(),
            estimate,
        });
        let pairs = pairs.collect();
        let mut found = 0.0;
        let enough = suspicions.iter().take_while(|s| {
            let more = found < WANTED * wrong.rows;
            found += s.expected_wrong();
            more
        });
        let rows_to_read = enough.count() as u64;
        let has = |f: &Finding, issue| f.issue == issue || f.further.contains(&issue);
        let count = |issue| findings.iter().filter(|f| has(f, issue)).count() as u64;
        AuditSummary {
            method,
            outcomes: self.outcomes.to_vec(),
            rows: suspicions.len() as u64,
            findings: Issue::ALL.map(|issue| (issue, count(issue))).to_vec(),
            wrong,
            pairs,
            organisations: self.groups(suspicions, AuditRows::company),
            titles: self.groups(suspicions, AuditRows::form),
            rows_to_read,
        }
    }

    /// The groups with the most wrong rows.
    fn groups<'s>(
        &'s self,
        suspicions: &[Suspicion],
        name: fn(&'s AuditRows<'s>, &'s AuditRow) -> &'s str,
    ) -> Vec<SuspectGroup> {
        let mut groups: BTreeMap<&str, (u64, f64, Vec<f64>)> = BTreeMap::new();
        for s in suspicions {
            let group = groups
                .entry(name(self.rows, &self.rows.rows[s.index]))
                .or_insert_with(|| (0, 0.0, vec![0.0; self.outcomes.len()]));
            group.0 += 1;
            group.1 += s.expected_wrong();
            for (outcome, p) in s.counting.iter().enumerate().filter(|(o, _)| *o != s.stated) {
                group.2[outcome] += p;
            }
        }
        let named = groups.into_iter().filter(|(name, g)| !name.is_empty() && g.0 >= LEAST_ROWS);
        let mut groups: Vec<SuspectGroup> = named
            .map(|(name, (rows, wrong, others))| SuspectGroup {
                name: name.to_owned(),
                rows,
                wrong,
                mostly: self.outcomes[top(&others)].clone(),
            })
            .collect();
        groups.sort_by(|a, b| b.wrong.total_cmp(&a.wrong).then_with(|| a.name.cmp(&b.name)));
        groups.truncate(NAMED);
        groups
    }
}
