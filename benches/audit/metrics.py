"""The figures, computed alike for every program."""

from postings import chance

TOP = 10


def ranked(suspicions, wrong):
    """Whether each row is wrong, most suspect first; ties are broken at random."""
    order = sorted(suspicions, key=lambda row: (-suspicions[row], chance(row)))
    return [row in wrong for row in order]


def average_precision(hits):
    found, total = 0, 0.0
    for place, hit in enumerate(hits, 1):
        if hit:
            found += 1
            total += found / place
    return total / max(1, found)


def at_top(hits):
    """Precision and recall in the first tenth of the rows."""
    top = max(1, len(hits) // TOP)
    found = sum(hits[:top])
    return found / top, found / max(1, sum(hits))
