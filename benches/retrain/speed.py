"""What a retrain costs on a small and on a large model."""

import random
import tempfile
import time
from pathlib import Path

from program import markdown, rolecall, write

LABELS = {
    "product_owner": (2, "product owner backlog sprint refinement user stories acceptance criteria"),
    "product_manager": (2, "product manager roadmap market vision pricing launch customers"),
    "technical_project_manager": (2, "technical project manager schedule budget risks milestones"),
    "other": (14, "engineer code tests deploy database service monitoring"),
}
SIZES = [10_000, 1_000_000]
NEW = 1_000
RUNS = 3
WORDS = 400
ORGANISATIONS = 5_000
LENGTH = 40


def main():
    random.seed(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(random.choices(letters, k=random.randint(4, 9))) for _ in range(WORDS)]
    lines = [["rows of the model", "train, s", "model file, MB", f"retrain with {NEW} rows, s", "merge, s"]]
    lines.append(["--:"] * 5)
    with tempfile.TemporaryDirectory() as folder:
        file = lambda name: Path(folder) / name
        write(file("new.csv"), postings(NEW, "new", words))
        write(file("other.csv"), postings(SIZES[0], "other", words))
        rolecall("train", file("other.csv"), "-o", file("other"))
        for size in SIZES:
            write(file("old.csv"), postings(size, "old", words))
            trained = seconds(1, "train", file("old.csv"), "-o", file("old"))
            megabytes = file("old").stat().st_size / 1e6
            output = ["-o", file("out"), "--allow-worse"]
            retrained = seconds(RUNS, "retrain", file("old"), "--add", file("new.csv"), *output)
            merged = seconds(RUNS, "retrain", file("old"), "--merge", file("other"), *output)
            cells = [f"{trained:.1f}", f"{megabytes:.1f}", f"{retrained:.1f}", f"{merged:.1f}"]
            lines.append([f"{size:,}", *cells])
    print(markdown(lines), end="")


def postings(count, name, words):
    labels = random.choices(list(LABELS), [weight for weight, _ in LABELS.values()], k=count)
    rows = []
    for number, label in enumerate(labels):
        telling = LABELS[label][1].split()
        text = random.choices(words, k=LENGTH) + random.choices(telling, k=5)
        rows.append({
            "title": f"{name} {number}",
            "company": f"organisation {random.randrange(ORGANISATIONS)}",
            "description": " ".join(text),
            "role": label,
        })
    return rows


def seconds(runs, *arguments):
    """The best of some runs."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        rolecall(*arguments)
        taken.append(time.perf_counter() - start)
    return min(taken)


main()
