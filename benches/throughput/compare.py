"""Times rolecall and others on the same file in one session, and prints the ratios as Markdown."""

import argparse
import csv
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from distinct import write_distinct

csv.field_size_limit(1 << 30)
PEERS = ["scikit-learn", "fastText"]
OTHERS = [sys.executable, Path(__file__).with_name("others.py")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path, help="CSV with description, title and role; may be gzipped")
    parser.add_argument("--rolecall", required=True)
    parser.add_argument("--csv-copy", required=True)
    parser.add_argument("--copies", type=int, default=6, help="how often each row is written, each time otherwise")
    parser.add_argument("--equal", action="store_true", help="write each row the same every time")
    parser.add_argument("--runs", type=int, default=5, help="the fastest of so many counts; peers run once")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--growth", action="store_true", help="files of more and more rows instead")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        bench = Bench(args, Path(folder))
        bench.growth() if args.growth else bench.table()


class Bench:
    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.once = folder / "once.csv"
        opened = gzip.open if args.labelled.suffix == ".gz" else open
        with opened(args.labelled, "rb") as packed, open(self.once, "wb") as plain:
            shutil.copyfileobj(packed, plain)
        head, rows = self.once.read_bytes().split(b"\n", 1)
        self.head, self.rows = head + b"\n", rows

    def copies(self, count):
        """The rows so many times: all different, or equal."""
        file = self.folder / f"{count}.csv"
        if not self.args.equal:
            with open(self.once, encoding="utf-8", newline="") as rows:
                write_distinct(rows, file, count)
            return file
        with open(file, "wb") as out:
            out.write(self.head)
            for _ in range(count):
                out.write(self.rows)
        return file

    def beginning(self, size):
        """The first rows, as many as take so many bytes."""
        file = self.folder / "beginning.csv"
        with open(self.once, encoding="utf-8", newline="") as rows, open(file, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            for row in csv.reader(rows):
                writer.writerow(row)
                if out.tell() >= size:
                    return file
        return file

    def rolecall(self, *arguments):
        return [self.args.rolecall, *map(str, arguments), "-q"]

    def jobs(self, file, out):
        return {
            "`rolecall classify`": self.rolecall("classify", file, "-o", out),
            "`rolecall train`": self.rolecall("train", file, "-o", out),
            "`rolecall audit --from-file`": self.rolecall("audit", file, "--from-file", "-o", out),
            "`rolecall evaluate --folds fold`": self.rolecall("evaluate", file, "--folds", "fold"),
        }

    def table(self):
        file, out = self.copies(self.args.copies), self.folder / "out"
        own = self.jobs(file, out)
        classify = own["`rolecall classify`"]
        jobs = {
            "csv crate, parse": [self.args.csv_copy, file],
            "csv crate, parse and write": [self.args.csv_copy, file, out],
            **own,
            "`rolecall classify --threads 1`": [*classify, "--threads", "1"],
            "`rolecall classify --no-evidence`": [*classify, "--no-evidence"],
            "`rolecall audit`": self.rolecall("audit", file, "-o", out),
        }
        best = self.fastest(jobs)
        for peer in [] if self.args.without_peers else PEERS:
            model = self.folder / peer
            run([*OTHERS, "fit", peer, model, self.once])
            best[f"{peer}, classify"] = run([*OTHERS, "classify", peer, model, file, out])
        kind = "equal" if self.args.equal else "all different"
        print(f"{file.stat().st_size / 1e6:.0f} MB, each row {self.args.copies} times, {kind}; {os.cpu_count()} cores\n")
        print("| | seconds | times the csv crate | processor seconds | times `rolecall classify` | MB of memory |")
        print("|---|--:|--:|--:|--:|--:|")
        copy, classified = best["csv crate, parse and write"], best["`rolecall classify`"]
        for name, took in best.items():
            times = [took.seconds / copy.seconds, took.processor / classified.processor]
            print(f"| {name} | {took.seconds:.2f} | {times[0]:.1f} | {took.processor:.2f} | {times[1]:.1f} | {took.megabytes:.0f} |")
        print(f"\nAudit of the rows once, {self.once.stat().st_size / 1e6:.0f} MB:\n")
        print("| | seconds | times `rolecall audit` |\n|---|--:|--:|")
        audits = self.fastest({"`rolecall audit`": self.rolecall("audit", self.once, "-o", out)})
        if not self.args.without_peers:
            audits["cleanlab"] = run([*OTHERS, "audit", "cleanlab", "-", self.once, out])
        for name, took in audits.items():
            print(f"| {name} | {took.seconds:.2f} | {took.seconds / audits['`rolecall audit`'].seconds:.0f} |")

    def fastest(self, jobs):
        """The fastest run of each. They take turns, because what disturbs one then disturbs all."""
        runs = {name: [] for name in jobs}
        for _ in range(self.args.runs):
            for name, command in jobs.items():
                runs[name].append(run(command))
        return {name: min(of_name) for name, of_name in runs.items()}

    def growth(self):
        print("| | MB | seconds | MB a second | MB of memory |\n|---|--:|--:|--:|--:|")
        self.grown(self.beginning(1e6))
        self.grown(self.beginning(10e6))
        count = 1
        while count <= self.args.copies:
            self.grown(self.copies(count))
            count *= 2

    def grown(self, file):
        size = file.stat().st_size / 1e6
        for name, took in self.fastest(self.jobs(file, self.folder / "out")).items():
            print(f"| {name} | {size:.0f} | {took.seconds:.2f} | {size / took.seconds:.0f} | {took.megabytes:.0f} |", flush=True)
        file.unlink()


class Took(NamedTuple):
    """Wall time, time of all processors, and peak memory of a run."""

    seconds: float
    processor: float
    megabytes: float


def run(command):
    watched = [sys.executable, Path(__file__).with_name("watch.py"), *command]
    ran = subprocess.run([str(part) for part in watched], capture_output=True, text=True, check=True)
    status, seconds, processor, kilobytes = ran.stdout.split()
    # 1: there is something to notice, such as rows set aside.
    if status not in ("0", "1"):
        sys.exit(f"run: {command[0]} ended with status {status}\n{ran.stderr}")
    return Took(float(seconds), float(processor), float(kilobytes) / 1e3)


if __name__ == "__main__":
    main()
