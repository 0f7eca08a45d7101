"""The settings in which programs are compared: a view, the rows that count, and the classes to tell apart."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from postings import OTHER, ROLES

FOUR = [*ROLES, OTHER]


@dataclass(frozen=True)
class Setting:
    name: str
    view: str
    classes: list
    role_like: bool = False

    def counts(self, row):
        """Whether a row counts: its title sounds like a role, if that is asked, and its role is one of the classes."""
        return row["role"] in self.classes and not (self.role_like and row["titled"] == OTHER)

    def truths(self, rows):
        """The indices of the true classes of the rows that count."""
        return np.array([self.classes.index(row["role"]) for row in rows if self.counts(row)])

    def select(self, rows, probabilities):
        """Of the probabilities of the four outcomes, those of the rows that count and of the classes."""
        chosen = np.array([self.counts(row) for row in rows])
        return probabilities[np.ix_(chosen, [FOUR.index(c) for c in self.classes])]

    def caption(self, rows):
        of = Counter(row["role"] for row in rows if self.counts(row))
        return f"{sum(of.values())} rows: {', '.join(f'{of[label]} {label}' for label in self.classes)}"


SETTINGS = [
    Setting("whole, titles like a role", "whole", FOUR, role_like=True),
    Setting("whole, all rows", "whole", FOUR),
    Setting("whole, which role", "whole", ROLES),
    Setting("text, titles like a role", "text", FOUR, role_like=True),
    Setting("duties, which role", "duties", ROLES),
]
VIEWS = ["whole", "text", "duties"]
