"""How many labels it takes: rows that `rolecall suggest` chooses, beside random and beside uncertain ones. See README.md."""

import argparse
import collections
import concurrent.futures
import csv
import gzip
import math
import os
import pathlib
import random
import statistics
import subprocess
import tempfile

PROGRAM = os.environ["ROLECALL"]
WAYS = ["random", "uncertain", "suggest"]
SIZES = [30, 60, 100, 150, 200, 300]
OF_EACH_ROLE = 4
# Student's t for a 95 % interval, by degrees of freedom.
T = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09]


def rolecall(*arguments):
    subprocess.run([PROGRAM, *map(str, arguments), "-q", "--threads", "1"], check=True, stdout=subprocess.DEVNULL)


def read(path):
    csv.field_size_limit(1 << 30)
    opened = gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else open(path, encoding="utf-8", newline="")
    with opened as file:
        return list(csv.DictReader(file))


def write(path, rows, label):
    head = ["id", "title", "company", "description"] + ["role"] * label
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def organisation(row):
    name = "".join(c for c in row["company"].lower() if c.isalnum())
    return name or row["id"]


def macro_f1(truth, found):
    classes = sorted(set(truth))
    scores = []
    for name in classes:
        right = sum(t == f == name for t, f in zip(truth, found))
        scores.append(2 * right / max(1, truth.count(name) + found.count(name)))
    return statistics.mean(scores)


class Run:
    """One seed: rows to choose from, and rows of other organisations to measure on."""

    def __init__(self, rows, seed, folder):
        self.random, self.folder = random.Random(seed), folder
        organisations = sorted({organisation(row) for row in rows})
        self.random.shuffle(organisations)
        held_out = set(organisations[: len(organisations) // 3])
        self.test = [row for row in rows if organisation(row) in held_out]
        self.pool = [row for row in rows if organisation(row) not in held_out]
        self.random.shuffle(self.pool)
        write(folder / "test.csv", self.test, False)
        by_role = collections.defaultdict(list)
        for row in self.pool:
            by_role[row["role"]].append(row)
        first = [row for name in sorted(by_role) if name != "other" for row in by_role[name][:OF_EACH_ROLE]]
        chosen = {row["id"] for row in first}
        first += [row for row in self.pool if row["id"] not in chosen][: SIZES[0] - len(first)]
        self.first = first
        self.share = sum(row["role"] != "other" for row in self.pool) / len(self.pool)

    def classified(self, rows, name):
        write(self.folder / f"{name}.csv", rows, False)
        return self.classified_file(name)

    def classified_file(self, name, *options):
        out = self.folder / f"{name}.out.csv"
        rolecall("classify", self.folder / f"{name}.csv", "--model", self.model, "--no-evidence", "-o", out, *options)
        return read(out)

    def score(self):
        """Macro-F1 of all rows, and of the rows of roles when one of the roles is to be named."""
        truth = [row["role"] for row in self.test]
        verdicts = [row["predicted_role"] for row in self.classified_file("test", "--prior", self.share)]
        of_role = [i for i, name in enumerate(truth) if name != "other"]
        closed = [row["predicted_role"] for row in self.classified_file("test", "--closed")]
        return macro_f1(truth, verdicts), macro_f1([truth[i] for i in of_role], [closed[i] for i in of_role])

    def next(self, way, rest, count):
        if way == "random":
            return self.random.sample(rest, count)
        if way == "uncertain":
            verdicts = self.classified(rest, "rest")
            ps = [name for name in verdicts[0] if name.startswith("p_")]
            entropy = lambda row: -sum(p * math.log(p) for p in (float(row[name]) for name in ps) if p > 0)
            order = sorted(range(len(rest)), key=lambda i: -entropy(verdicts[i]))
            return [rest[i] for i in order[:count]]
        write(self.folder / "rest.csv", rest, False)
        out = self.folder / "suggested.csv"
        rolecall("suggest", self.folder / "rest.csv", "--model", self.model, "-n", count, "-o", out)
        wanted = [row["id"] for row in read(out)]
        by_id = {row["id"]: row for row in rest}
        return [by_id[name] for name in wanted]

    def curve(self, way):
        labelled, scores, found = list(self.first), [], []
        for size in SIZES:
            if size > len(labelled):
                known = {row["id"] for row in labelled}
                rest = [row for row in self.pool if row["id"] not in known]
                labelled += self.next(way, rest, size - len(labelled))
            write(self.folder / "labelled.csv", labelled, True)
            self.model = self.folder / "model.rolecall"
            rolecall("train", self.folder / "labelled.csv", "-o", self.model)
            scores.append(self.score())
            found.append(sum(row["role"] != "other" for row in labelled))
        return scores, found


def one(rows, seed):
    with tempfile.TemporaryDirectory() as folder:
        curves = {}
        for way in WAYS:
            run = Run(rows, seed, pathlib.Path(folder))
            curves[way] = run.curve(way)
        return curves


def interval(values):
    mean = statistics.mean(values)
    if len(values) < 2:
        return f"{mean:.3f}"
    half = T[min(len(values) - 2, len(T) - 1)] * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean:.3f} ± {half:.3f}"


def table(runs, figure):
    print("| labels | " + " | ".join(WAYS) + " | suggest − random | suggest − uncertain | rows of roles: " + ", ".join(WAYS) + " |")
    print("|--:|" + "--:|" * (len(WAYS) + 3))
    for at, size in enumerate(SIZES):
        of = {way: [run[way][0][at][figure] for run in runs] for way in WAYS}
        less = [interval([a - b for a, b in zip(of["suggest"], of[way])]) for way in WAYS[:2]]
        found = ", ".join(f"{statistics.mean(run[way][1][at] for run in runs):.0f}" for way in WAYS)
        print(f"| {size} | " + " | ".join(interval(of[way]) for way in WAYS) + f" | {' | '.join(less)} | {found} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=pathlib.Path, help="a labelled CSV: id, title, company, description, role")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1, help="seeds that are run at once")
    parser.add_argument("--folds", help="only rows of these values of the column `fold`, such as 2,3,4")
    parser.add_argument("--ways", default=",".join(WAYS), help="only some of the ways")
    parser.add_argument("--edition", help="only rows of this value of the column `edition`")
    arguments = parser.parse_args()
    rows = [row for row in read(arguments.labelled) if row["role"] != "undecided"]
    if arguments.folds:
        rows = [row for row in rows if row["fold"] in arguments.folds.split(",")]
    if arguments.edition:
        rows = [row for row in rows if row["edition"] == arguments.edition]
    counts = collections.Counter(row["role"] for row in rows)
    print(f"{len(rows)} rows ({', '.join(f'{n} {name}' for name, n in counts.most_common())}), {arguments.seeds} seeds\n")
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        runs = list(pool.map(lambda seed: one(rows, seed), range(arguments.seeds)))
    for figure, name in enumerate(["macro-F1 of all rows", "macro-F1 of the rows of roles, one role to be named"]):
        print(f"{name}\n")
        table(runs, figure)
        print()


if __name__ == "__main__":
    main()
