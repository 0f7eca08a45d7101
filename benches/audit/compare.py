"""Has rolecall and cleanlab find planted wrong titles, and writes the tables."""

import json
import sys
import tempfile
from pathlib import Path
from statistics import median

import metrics
import postings
import real
from plant import KINDS, plant
from program import cleanlab, rolecall, suspicions

HEADER = [
    "wrong titles",
    "rows wrong",
    "cleanlab, self-confidence: AP",
    "cleanlab, normalised margin: AP",
    "rolecall: AP",
    "rolecall: precision at top 10 %",
    "rolecall: recall at top 10 %",
    "rolecall: rows estimated wrong",
]
RUNS = 3


def main():
    labelled = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        # First, while this process is small: a child's peak is never below its parent's.
        cost = costs(labelled, Path(folder))
        rows = postings.read(labelled)
        lines, ours, theirs = zip(*(compare(kind, rows, Path(folder)) for kind in KINDS))
        of_real = real_titles(labelled, Path(folder))
    ours, theirs = median(ours), median(theirs)
    print(f"{len(rows)} rows\n")
    print(markdown([HEADER, ["---"] + ["--:"] * (len(HEADER) - 1), *lines]))
    ratio = f"{theirs / ours:.0f} times as long"
    if of_real:
        print(markdown(of_real))
    print(f"Median time: rolecall {ours:.2f} s, cleanlab {theirs:.1f} s, {ratio}.\n")
    print(markdown(cost), end="")


def compare(kind, rows, folder):
    """The line of the table, and the seconds that rolecall and cleanlab took."""
    noisy, wrong = plant(kind, rows)
    ours, theirs, files = ranked(noisy, folder)
    print(f"{kind.words}: {ours.seconds:.1f} s and {theirs.seconds:.1f} s", file=sys.stderr)
    cells = [*figures(files, rows, wrong), estimate(ours)]
    return [kind.words, str(len(wrong)), *cells], ours.seconds, theirs.seconds


def ranked(rows, folder):
    """The runs of rolecall and cleanlab, and the files with what each found."""
    file, findings, ranks = (folder / f"{name}.csv" for name in ("noisy", "findings", "ranks"))
    postings.write(file, postings.COLUMNS, rows)
    ours = rolecall("audit", file, "--from-file", "--all", "--json", "-o", findings)
    return ours, cleanlab(file, ranks), (findings, ranks)


def figures(files, rows, wrong):
    """How well the wrong ones of these rows are ranked among them."""
    findings, ranks = files

    def hits(path, column):
        return metrics.ranked(suspicions(path, column, rows), wrong)

    def best(method):
        columns = [f"{weight} {method}" for weight in ("plain", "balanced")]
        return max(metrics.average_precision(hits(ranks, column)) for column in columns)

    found = hits(findings, "suspicion")
    precisions = [best("self_confidence"), best("normalized_margin")]
    precisions.append(metrics.average_precision(found))
    return [f"{figure:.3f}" for figure in (*precisions, *metrics.at_top(found))]


def estimate(run):
    """What the summary of an audit says of how many are wrong."""
    wrong = json.loads(run.said.splitlines()[-1])["wrong"]
    low, high = wrong["interval"]
    return f"{wrong['rows']:.0f} ({low:.0f} to {high:.0f})"


def real_titles(labelled, folder):
    """The table of real titles, which readers found right or wrong; none if the file does not say."""
    rows = real.stated(labelled)
    if not rows:
        return []
    ours, _, files = ranked(rows, folder)
    suspected, estimates = real.by_models(rows, labelled, folder)
    lines = []
    for (name, group), estimated in zip(real.groups(rows).items(), estimates.values()):
        wrong = {row["id"] for row in group if row["role"] != row["true"]}
        by_model = metrics.ranked({row["id"]: suspected[row["id"]] for row in group}, wrong)
        cells = ["", f"{metrics.average_precision(by_model):.3f}", estimated]
        lines.append([f"{name} ({len(group)})", str(len(wrong)), *figures(files, group, wrong), *cells])
    cells = [""] * (len(HEADER) - 2)
    lines.append([f"all {len(rows)}", *cells, estimate(ours), "", estimates["all"]])
    header = ["real titles", *HEADER[1:], "by models of other folds: AP", "the same: rows estimated wrong"]
    return [header, ["---"] + ["--:"] * (len(header) - 1), *lines]


def costs(labelled, folder):
    """What classifying and auditing the whole file take, run alternately."""
    commands = {"classify": [], "audit": ["--from-file"]}
    runs = {command: [] for command in commands}
    for _ in range(RUNS):
        for command, options in commands.items():
            output = folder / f"{command}.csv"
            runs[command].append(rolecall(command, labelled, *options, "-q", "-o", output))
    classify, audit = (median(run.seconds for run in runs[command]) for command in commands)
    ratio = median(a.seconds / c.seconds for c, a in zip(runs["classify"], runs["audit"]))
    megabytes = max(run.megabytes for run in runs["audit"])
    header = ["all rows: classify, s", "audit, s", "audit / classify", "audit: peak memory, MB"]
    cells = [f"{classify:.2f}", f"{audit:.2f}", f"{ratio:.2f}", f"{megabytes:.0f}"]
    return [header, ["--:"] * len(header), cells]


def markdown(lines):
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    main()
