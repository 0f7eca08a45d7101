"""Times `rolecall classify - --line-buffered`: a posting is sent when the one before it is answered."""

import argparse
import csv
import gzip
import json
import statistics
import subprocess
import sys
import time

csv.field_size_limit(1 << 30)


def postings(path, rows):
    """The first rows of a CSV file, as lines of JSON."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="") as file:
        lines = [json.dumps(row) + "\n" for row, _ in zip(csv.DictReader(file), range(rows))]
    if not lines:
        sys.exit(f"{path}: there are no rows in it; name a CSV file with postings")
    return lines


def asked(command, lines):
    """The answers to lines that are sent one by one, the seconds of each, and those until the first answer."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    answers, seconds = [], []
    for line in lines:
        before = time.perf_counter()
        process.stdin.write(line)
        process.stdin.flush()
        answers.append(process.stdout.readline())
        seconds.append(time.perf_counter() - before)
        if len(answers) == 1:
            first = time.perf_counter() - start
    process.stdin.close()
    if process.wait() != 0:
        sys.exit(f"{command}: exit status {process.returncode}")
    return answers, seconds, first


def alone(command, lines):
    """The seconds of a process for each line."""
    seconds = []
    for line in lines:
        before = time.perf_counter()
        subprocess.run(command, input=line, capture_output=True, text=True, encoding="utf-8", check=True)
        seconds.append(time.perf_counter() - before)
    return seconds


def line(what, seconds):
    cut = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
    print(f"| {what} | {len(seconds)} | {1e3 * statistics.median(seconds):.2f} | {1e3 * cut[98]:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("postings", nargs="?", default="data/sample_postings.csv", help="CSV, perhaps .gz")
    parser.add_argument("--rows", type=int, default=5000, help="postings that are asked, repeated if there are fewer")
    arguments = parser.parse_args()
    known = postings(arguments.postings, arguments.rows)
    lines = (known * -(-arguments.rows // len(known)))[: arguments.rows]
    filter = [arguments.program, "classify", "-", "-q"]
    answers, seconds, first = asked([*filter, "--line-buffered"], lines)
    print("| one posting | times | median ms | 99th percentile ms |\n|---|--:|--:|--:|")
    line("sent to a process that waits", seconds[1:])
    line("a process for each", alone(filter, lines[:50]))
    print(f"\nFirst answer {1e3 * first:.0f} ms after the start.")
    batch = subprocess.run(filter, input="".join(lines), capture_output=True, text=True, encoding="utf-8", check=True)
    expected = batch.stdout.splitlines(keepends=True)
    differ = [at for at, pair in enumerate(zip(answers, expected, strict=True), 1) if pair[0] != pair[1]]
    for at in differ[:10]:
        print(f"line {at}: {answers[at - 1]}batch:   {expected[at - 1]}", end="")
    print(f"{len(differ)} of {len(lines)} answers differ from those of the batch.")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
