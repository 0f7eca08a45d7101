"""What twice as much of each kind of input costs, in processor time."""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MOST = 2.6
# A kind is grown until it takes this long, beyond what the smallest input takes, or is this large.
LEAST_SECONDS = 0.3
LARGEST_BYTES = 1 << 22
# A doubling of less is too short to measure.
MEASURABLE_SECONDS = 0.1
TITLES = ["Product Owner", "Product Manager", "Technical Project Manager", "Software Engineer"]
LABELS = ["product_owner", "product_manager", "technical_project_manager", "other"]
WORDS = (
    "backlog refinement sprint roadmap pricing market launch stakeholders milestones budget risks release plan "
    "vendors delivery engineers interviews metrics stories acceptance criteria dependencies schedule scope team"
).split()


def words(count, seed):
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(count))


def csv_text(header, rows):
    return "\n".join([header, *rows]) + "\n"


def posting(number, text=None, company=None, label=None):
    """A labelled row."""
    role = number % len(TITLES)
    return ",".join(
        [
            str(number),
            TITLES[role],
            f"Company {number % 97}" if company is None else company,
            text or f"{words(40, number)} {number}",
            label or LABELS[role],
        ]
    )


POSTINGS = "id,title,company,description,role"


def postings(count, row=posting):
    return csv_text(POSTINGS, [row(number) for number in range(count)])


def unlabelled(count):
    """Rows without a label, each with words of its own as well, as real ones have."""
    text = lambda number: words(20, number) + " ".join(f" word{random.Random(number * 40 + k).randrange(500)}" for k in range(40))
    rows = [posting(number, text=text(number)).rpartition(",")[0] for number in range(count)]
    return csv_text(POSTINGS.removesuffix(",role"), rows)


def one_text(text):
    return csv_text("title,description", [f'Product Owner,"{text}"'])


CLASSIFY = "classify {input}"
SUGGEST = "suggest {input} -n {quarter}"
AUDIT = "audit {input} --from-file"
TRAIN = "train {input} -o {folder}/model"

# Name of the kind, command, file name, and the input of a size.
KINDS = [
    ("rows", CLASSIFY, "in.csv", postings),
    ("columns of one name", CLASSIFY, "in.csv", lambda n: csv_text(",".join(["description", *["note"] * n]), ["a" + ",x" * n])),
    ("columns", CLASSIFY, "in.csv", lambda n: csv_text(",".join(["description", *[f"c{i}" for i in range(n)]]), ["a" + ",x" * n])),
    ("fields beyond the header", CLASSIFY, "in.csv", lambda n: csv_text("title,description", ["a,b" + ",x" * n] * 3)),
    ("keys of an object", CLASSIFY, "in.json", lambda n: json.dumps([{"description": "a", **{f"k{i}": i for i in range(n)}}])),
    ("new keys in each line", CLASSIFY, "in.jsonl", lambda n: "".join(json.dumps({"description": "a", f"k{i}": i}) + "\n" for i in range(n))),
    ("objects that are not closed", CLASSIFY, "in.json", lambda n: "[" + ",".join(['{"description": "a", "b": {'] * n) + "]"),
    ("lists in lists", CLASSIFY, "in.json", lambda n: "[" * n + "]" * n),
    ("quotes that are not closed", CLASSIFY, "in.csv", lambda n: csv_text("title,description", ['a,"b'] * n)),
    ("quotes within fields", CLASSIFY, "in.csv", lambda n: one_text('""' * n)),
    ("one line", CLASSIFY, "in.csv", lambda n: "title,description " + "x" * n),
    ("words of a text", CLASSIFY, "in.csv", lambda n: one_text(words(n, 1))),
    ("different words of a text", CLASSIFY, "in.csv", lambda n: one_text(" ".join(f"w{i}" for i in range(n)))),
    ("a phrase, repeated", CLASSIFY, "in.csv", lambda n: one_text("product owner " * n)),
    ("determiners", CLASSIFY, "in.csv", lambda n: one_text("the " * n)),
    ("determiners in training", TRAIN, "in.csv", lambda n: postings(80) + posting(81, "a the our " * n) + "\n"),
    ("a line, repeated", CLASSIFY, "in.csv", lambda n: one_text("Requirements:\n- a backlog\n" * n)),
    ("tags that are not closed", CLASSIFY, "in.csv", lambda n: one_text("<p><b " * n)),
    ("comments that are not closed", CLASSIFY, "in.csv", lambda n: one_text("<!-- " * n)),
    ("elements without an end", CLASSIFY, "in.csv", lambda n: one_text("<script>" * n)),
    ("entities", CLASSIFY, "in.csv", lambda n: one_text("&amp;" * n)),
    ("ampersands", CLASSIFY, "in.csv", lambda n: one_text("&" * n)),
    ("garbled letters", CLASSIFY, "in.csv", lambda n: one_text("caf\u00c3\u00a9 " * n)),
    ("accents on one letter", CLASSIFY, "in.csv", lambda n: one_text("e" + "\u0301" * n)),
    ("signs after a letter", TRAIN, "in.csv", lambda n: postings(80) + posting(81, "C" + "+" * n) + "\n"),
    ("amounts of money", CLASSIFY, "in.csv", lambda n: one_text("Salary: $90k to $120k a year. " * n)),
    ("words of a title", CLASSIFY, "in.csv", lambda n: csv_text("title,description", ["senior product owner " * n + ",b"])),
    ("titles in a text", CLASSIFY, "in.csv", lambda n: one_text("Product Manager (m/f/d)\n\n" * n)),
    ("apostrophes that are not closed", CLASSIFY, "in.csv", lambda n: "'title','description'\n" + "'a','b'\n" * 20 + "'a','b\n" * n),
    ("fields with backslashes", CLASSIFY, "in.csv", lambda n: csv_text("title,description", ['a,"b \\"c\\""'] * 20) + 'a,"' + '\\"' * n),
    ("items of a feed", CLASSIFY, "in.xml", lambda n: "<rss><channel>" + "<item><title>a</title><description>b</description></item>" * n + "</channel></rss>"),
    ("elements of an item", CLASSIFY, "in.xml", lambda n: "<rss><channel><item><description>b</description>" + "".join(f"<e{i}>a</e{i}>" for i in range(n)) + "</item></channel></rss>"),
    ("elements in elements", CLASSIFY, "in.xml", lambda n: "<rss><channel><item>" + "<a>" * n),
    ("attributes of an element", CLASSIFY, "in.xml", lambda n: "<rss><channel><item " + " ".join(f'a{i}="b"' for i in range(n)) + "><description>b</description></item></channel></rss>"),
    ("postings of a saved page", CLASSIFY, "in.html", lambda n: "<html>" + '<script type="application/ld+json">{"@type": "JobPosting", "description": "a"}</script>' * n),
    ("scripts that are not closed", CLASSIFY, "in.html", lambda n: "<html>" + '<script type="application/ld+json">' * n),
    ("explain: words of a text", "explain {input} --row 1", "in.csv", lambda n: one_text(words(n, 1))),
    ("skills of a text", "skills {input}", "in.csv", lambda n: one_text(words(n, 1))),
    ("train: rows", TRAIN, "in.csv", postings),
    ("train: rows of one organisation", TRAIN, "in.csv", lambda n: postings(80) + "".join(posting(i, company="Acme") + "\n" for i in range(n))),
    ("train: near copies", TRAIN, "in.csv", lambda n: postings(80) + "".join(posting(i, text=f"{words(60, 1)} {i}", company=f"C{i}") + "\n" for i in range(n))),
    ("train: organisations", TRAIN, "in.csv", lambda n: postings(n, lambda i: posting(i, company=f"Company {i}"))),
    ("train: labels that are none", TRAIN, "in.csv", lambda n: postings(80) + "".join(posting(i, label=f"label {i}") + "\n" for i in range(n))),
    ("train: one row, many times", TRAIN, "in.csv", lambda n: postings(80) + (posting(1) + "\n") * n),
    ("train: one row under two labels", TRAIN, "in.csv", lambda n: postings(80) + "".join(posting(81, label=LABELS[i % 2]) + "\n" for i in range(n))),
    ("evaluate: organisations", "evaluate {input}", "in.csv", lambda n: postings(n, lambda i: posting(i, company=f"Company {i}"))),
    ("evaluate: groups", "evaluate {input} --by id", "in.csv", postings),
    ("suggest: a quarter of the rows", SUGGEST, "in.csv", unlabelled),
    ("audit: rows", AUDIT, "in.csv", postings),
    ("audit: rows of one organisation", AUDIT, "in.csv", lambda n: postings(80) + "".join(posting(i, company="Acme") + "\n" for i in range(n))),
    ("audit: near copies", AUDIT, "in.csv", lambda n: postings(80) + "".join(posting(i, text=f"{words(60, 1)} {i}", company=f"C{i}") + "\n" for i in range(n))),
    ("audit: findings on a page", "audit {input} --from-file --report {folder}/page.html", "in.csv", lambda n: postings(n, lambda i: posting(i, label=LABELS[i // 4 % 4]))),
]


class Measure:
    def __init__(self, rolecall, folder):
        self.rolecall, self.folder = rolecall, Path(folder)

    def seconds(self, command, name, text):
        """Processor time of a run, and its exit status."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        arguments = command.format(input=path, folder=self.folder, quarter=text.count("\n") // 4).split()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([self.rolecall, *arguments, "-q"], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in (0, 1, 2):
            sys.exit(f"{command}: ended with {done.returncode}: {done.stderr.decode()[-400:]}")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def least(self, command, name, text, runs=2):
        return min(self.seconds(command, name, text) for _ in range(runs))

    def doublings(self, command, name, make):
        """The first of three sizes, and the times of all three beyond that of the smallest input."""
        base = self.least(command, name, make(1))
        size, text = 64, make(64)
        while self.seconds(command, name, text) - base < LEAST_SECONDS and len(text) < LARGEST_BYTES:
            size *= 2
            text = make(size)
        times = [self.least(command, name, make(size << k)) - base for k in range(3)]
        return size, times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rolecall", required=True, type=Path)
    parser.add_argument("--only", help="kinds whose name has this text")
    args = parser.parse_args()
    kinds = [kind for kind in KINDS if not args.only or args.only in kind[0]]
    if not kinds:
        sys.exit(f"no kind has {args.only!r} in its name")
    failed = []
    print("| kind | size | seconds | twice | four times | worst doubling |")
    print("|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        measure = Measure(args.rolecall, folder)
        for name, command, file, make in kinds:
            size, times = measure.doublings(command, file, make)
            doublings = [b / a for a, b in zip(times, times[1:]) if a >= MEASURABLE_SECONDS]
            worst = max(doublings, default=None)
            said = "too short to measure" if worst is None else f"{worst:.2f}"
            print(f"| {name} | {size:,} | {' | '.join(f'{t:.2f}' for t in times)} | {said} |", flush=True)
            if worst is not None and worst > MOST:
                failed.append(name)
    if failed:
        sys.exit(f"twice as much costs more than {MOST} times: {', '.join(failed)}")


if __name__ == "__main__":
    main()
