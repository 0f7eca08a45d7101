"""What the driver of Spark gets in training, and in an audit by a model: numbers of a file's rows, many times over."""

import argparse
import multiprocessing
import random
import re
from pathlib import Path

import pyarrow.csv

import rolecall
from rolecall._rolecall import AuditPart, JoinedAudit

# Rows of a partition.
PART = 10_000


def read(path):
    quoted = pyarrow.csv.ParseOptions(newlines_in_values=True)
    block = pyarrow.csv.ReadOptions(block_size=1 << 26)
    return pyarrow.csv.read_csv(path, block, quoted)


def of_training(rows, share):
    """Rows that count of one in so many, and the bytes of their counts, their sums and their scores."""
    some = random.Random(1).sample(range(rows.num_rows), rows.num_rows // share)
    counts = rolecall.Counts.of(rows.take(pyarrow.array(sorted(some))))
    sums = counts.sums()
    cut, _ = sums.sampled()
    scores = sums.others().scored(counts, cut, False)
    return len(counts), *(len(part.to_bytes()) for part in (counts, sums, scores))


def of_partition(rows):
    """What a partition with rows of a file sends of an audit: numbers and scores."""
    part = AuditPart(rolecall.Model.default(), rows.slice(0, PART))
    numbers = part.numbers()
    [left_out] = JoinedAudit(rolecall.Model.default(), [numbers]).left_out()
    return numbers, part.scores(left_out)


def most_memory():
    """The most bytes that this process has held."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text()).group(1)) * 1024


def of_audit(numbers, scores, times):
    """Audited rows of so many partitions, bytes of what comes and goes, and the memory at most beyond that for one."""
    model = rolecall.Model.default()

    def audited(times):
        joined = JoinedAudit(model, [numbers] * times)
        left_out = joined.left_out()
        suspicions, summary = joined.suspicions([scores] * times)
        return summary["rows"], [len(numbers) * times, sum(map(len, left_out)), len(scores) * times, sum(map(len, suspicions))]

    audited(1)
    before = most_memory()
    rows, sent = audited(times)
    return [rows, *sent, most_memory() - before]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", help="a CSV of labelled postings; may be gzipped")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="of the audit")
    args = parser.parse_args()
    rows = read(args.labelled)
    print("\n| labelled rows | counts of every posting | sums by feature | scores |\n|--:|--:|--:|--:|")
    for share in (8, 4, 2, 1):
        count, *sizes = of_training(rows, share)
        print(f"| {count:,} | " + " | ".join(f"{size / 1e6:.1f} MB" for size in sizes) + " |", flush=True)
    print("\n| audited rows | numbers | counts left out | scores | suspicions | memory | a row |\n|--:|--:|--:|--:|--:|--:|--:|")
    numbers, scores = of_partition(rows)
    for count in args.rows:
        # A process each: memory that was used once stays used. A new one, as a copy of this one would have its memory.
        with multiprocessing.get_context("spawn").Pool(1) as process:
            audited, *sizes = process.apply(of_audit, (numbers, scores, -(-count // PART)))
        megabytes = " | ".join(f"{size / 1e6:.1f} MB" for size in sizes)
        print(f"| {audited:,} | {megabytes} | {sizes[-1] / audited:.0f} bytes |", flush=True)


if __name__ == "__main__":
    main()
