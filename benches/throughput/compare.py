"""Times rolecall and others on the same file in one session, and prints the ratios as Markdown."""

import argparse
import csv
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

csv.field_size_limit(1 << 30)
PEERS = ["scikit-learn", "fastText"]
OTHERS = [sys.executable, Path(__file__).with_name("others.py")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path, help="CSV with description, title and role; may be gzipped")
    parser.add_argument("--rolecall", required=True)
    parser.add_argument("--csv-copy", required=True)
    parser.add_argument("--copies", type=int, default=6, help="how often the rows stand in the file")
    parser.add_argument("--runs", type=int, default=5, help="the fastest of so many counts; peers run once")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--growth", action="store_true", help="classify files of more and more rows instead")
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
        file = self.folder / f"{count}.csv"
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

    def table(self):
        file, out = self.copies(self.args.copies), self.folder / "out"
        classify = self.rolecall("classify", file, "-o", out)
        jobs = {
            "csv crate, parse": [self.args.csv_copy, file],
            "csv crate, parse and write": [self.args.csv_copy, file, out],
            "`rolecall classify`": classify,
            "`rolecall classify --threads 1`": [*classify, "--threads", "1"],
            "`rolecall classify --no-evidence`": [*classify, "--no-evidence"],
            "`rolecall train`": self.rolecall("train", file, "-o", out),
            "`rolecall audit`": self.rolecall("audit", file, "-o", out),
            "`rolecall evaluate --folds fold`": self.rolecall("evaluate", file, "--folds", "fold"),
        }
        # One after the other, again and again: what disturbs one disturbs all.
        seconds = {name: [] for name in jobs}
        for _ in range(self.args.runs):
            for name, command in jobs.items():
                seconds[name].append(run(command))
        best = {name: min(of_name) for name, of_name in seconds.items()}
        for peer in [] if self.args.without_peers else PEERS:
            model = self.folder / peer
            run([*OTHERS, "fit", peer, model, self.once])
            best[f"{peer}, classify"] = run([*OTHERS, "classify", peer, model, file, out])
        megabytes = file.stat().st_size / 1e6
        print(f"{megabytes:.0f} MB, {os.cpu_count()} cores\n")
        print("| | seconds | times the csv crate | times `rolecall classify` |\n|---|--:|--:|--:|")
        copy, own = best["csv crate, parse and write"], best["`rolecall classify`"]
        for name, time_ in best.items():
            print(f"| {name} | {time_:.2f} | {time_ / copy:.1f} | {time_ / own:.1f} |")
        print(f"\nAudit of the rows once, {self.once.stat().st_size / 1e6:.0f} MB:\n")
        print("| | seconds | times `rolecall audit` |\n|---|--:|--:|")
        audit = self.rolecall("audit", self.once, "-o", out)
        audits = {"`rolecall audit`": min(run(audit) for _ in range(self.args.runs))}
        if not self.args.without_peers:
            audits["cleanlab"] = run([*OTHERS, "audit", "cleanlab", "-", self.once, out])
        for name, time_ in audits.items():
            print(f"| {name} | {time_:.2f} | {time_ / audits['`rolecall audit`']:.0f} |")

    def growth(self):
        print("| MB | seconds | MB a second |\n|--:|--:|--:|")
        for megabytes in [1, 10]:
            self.classified(self.beginning(megabytes * 1e6))
        count = 1
        while count <= self.args.copies:
            self.classified(self.copies(count))
            count *= 2

    def classified(self, file):
        size, out = file.stat().st_size / 1e6, self.folder / "out"
        seconds = min(run(self.rolecall("classify", file, "-o", out)) for _ in range(self.args.runs))
        print(f"| {size:.0f} | {seconds:.2f} | {size / seconds:.0f} |", flush=True)
        file.unlink()


def run(command):
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.perf_counter() - start
    # 1: there is something to notice, such as rows set aside.
    if done.returncode not in (0, 1):
        sys.exit(f"run: {command[0]} ended with status {done.returncode}\n{done.stderr.decode()}")
    return seconds


if __name__ == "__main__":
    main()
