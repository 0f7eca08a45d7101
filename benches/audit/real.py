"""Real titles, and which of them readers found wrong."""

import postings

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
