"""Plants wrong titles, which the text repeats, as it does with real ones."""

import re
from typing import NamedTuple

from postings import ROLES, chance, organisation

TITLES = {
    "product_owner": "Product Owner",
    "product_manager": "Product Manager",
    "technical_project_manager": "Technical Project Manager",
}
INITIALS = {"product_owner": "PO", "product_manager": "PM", "technical_project_manager": "TPM"}
# Roles that real titles are mistaken for.
NEAR = {
    "product_owner": ["product_manager"],
    "product_manager": ROLES[::2],
    "technical_project_manager": ["product_manager"],
}
# A text of fewer words is vague.
FEW_WORDS = 150
NAMES = {
    "product_owner": r"product owner",
    "product_manager": r"product manager",
    "technical_project_manager": r"(?:technical |IT |software )?(?:project|program|programme) manager",
}


class Kind(NamedTuple):
    # The key goes into the draw: another one plants other rows.
    key: str
    words: str
    share: float
    roles: list[str] = ROLES
    whole_organisations: bool = False
    like_real: bool = False


KINDS = [
    Kind("uniform05", "5 %", 0.05),
    Kind("uniform10", "10 %", 0.10),
    Kind("uniform20", "20 %", 0.20),
    Kind("uniform40", "40 %", 0.40),
    Kind("owner_manager20", "20 % between Product Owner and Product Manager", 0.20, ROLES[:2]),
    Kind("organisations20", "20 % of whole organisations", 0.20, whole_organisations=True),
    Kind(
        "like_real05",
        "like real ones: 5 % of whole organisations, twice as many of the short texts, to a near role",
        0.05,
        whole_organisations=True,
        like_real=True,
    ),
]


def plant(kind, rows):
    """The rows with wrong titles among them, and the ids of those."""
    noisy = [stating(row, stated(kind, row)) for row in rows]
    wrong = {row["id"] for row, other in zip(rows, noisy) if row["role"] != other["role"]}
    return noisy, wrong


def stated(kind, row):
    drawn_by = organisation(row) if kind.whole_organisations else row["id"]
    is_vague = kind.like_real and len(row["description"].split()) < FEW_WORDS
    share = kind.share * (2 if is_vague else 1)
    if row["role"] not in kind.roles or chance(kind.key, drawn_by) >= share:
        return row["role"]
    others = [role for role in kind.roles if role != row["role"]]
    if kind.like_real:
        others = NEAR[row["role"]]
    return others[int(chance(kind.key, drawn_by, "to") * len(others))]


def stating(row, role):
    text = row["description"]
    if role != row["role"]:
        text = re.sub(NAMES[row["role"]], TITLES[role], text, flags=re.IGNORECASE)
        text = re.sub(rf"\b{INITIALS[row['role']]}\b", INITIALS[role], text)
    return {**row, "title": TITLES[role], "description": text, "role": role}
