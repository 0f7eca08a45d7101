"""Real titles, and which of them readers found wrong."""

import json
import math
import sys

import postings
from program import rolecall, suspicions

# How many readings a label rests on; rows that were never read may be anything.
READINGS = "readings"
# The role that the title claims, or `other`.
TITLED = "titled"


def stated(labelled):
    """The rows whose title claims a role or another job, with that as their label; none if the file does not say."""
    rows = postings.read(labelled, [*postings.ROLES, postings.OTHER, "undecided"])
    if TITLED not in rows[0] or READINGS not in rows[0]:
        return []
    claims = [*postings.ROLES, postings.OTHER]
    return [{**row, "role": row[TITLED], "true": row["role"]} for row in rows if row[TITLED] in claims]


def groups(rows):
    """The rows that were read: those with a title of a role, and those with one of another job."""
    read = [row for row in rows if int(row[READINGS]) and row["true"] != "undecided"]
    of_role = [row for row in read if row["role"] in postings.ROLES]
    return {
        "titles of a role": of_role,
        "titles of other jobs, those that were read": [row for row in read if row not in of_role],
    }


def by_models(rows, labelled, folder):
    """Each fold audited by a model of the labels of the others: suspicions, and how many are estimated to be wrong."""
    known = postings.read(labelled, [*postings.ROLES, postings.OTHER])
    train, model, audit, found = (folder / name for name in ("train.csv", "others.rolecall", "audit.csv", "found.csv"))
    suspected, estimates = {}, []
    for fold in sorted({row["fold"] for row in rows}):
        postings.write(train, postings.COLUMNS, [row for row in known if row["fold"] != fold])
        rolecall("train", train, "-o", model, "-q")
        audited = [row for row in rows if row["fold"] == fold]
        postings.write(audit, postings.COLUMNS, audited)
        run = rolecall("audit", audit, "--model", model, "--all", "--json", "-o", found)
        print(f"real titles, fold {fold}: {run.seconds:.1f} s", file=sys.stderr)
        suspected |= suspicions(found, "suspicion", audited)
        estimates.append(json.loads(run.said.splitlines()[-1]))
    return suspected, {
        "of a role": stated_wrong(estimates, postings.ROLES),
        "of other jobs": stated_wrong(estimates, [postings.OTHER]),
        "all": total(estimates),
    }


def stated_wrong(estimates, stated):
    """How many rows that state one of some classes are estimated to be wrong."""
    pairs = [pair for estimate in estimates for pair in estimate["pairs"] if pair["stated"] in stated]
    return f"{sum(pair['estimate']['rows'] for pair in pairs):.0f}"


def total(estimates):
    """How many rows are estimated to be wrong, with the interval of a sum of independent estimates."""
    wrong = [estimate["wrong"] for estimate in estimates]
    rows = sum(one["rows"] for one in wrong)
    below = math.hypot(*(one["rows"] - one["interval"][0] for one in wrong))
    above = math.hypot(*(one["interval"][1] - one["rows"] for one in wrong))
    return f"{rows:.0f} ({rows - below:.0f} to {rows + above:.0f})"
