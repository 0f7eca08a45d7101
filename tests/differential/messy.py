"""Writes random CSV files, half of them with mistakes, as a line of bytes each."""

import json
import random
import sys

PIECES = ["a", "bc", "owner", " ", "  ", "ä", "中", "'", ",", ";", '"', '""', "\n", "\r\n", "\r", "\t", "\x00", "0", "=1"]
MISTAKES = ['"', '"', '"', ",", "\n", "\r", '""', '"\n', '",', ',"', "\x00"]


def field(pick):
    return "".join(pick.choice(PIECES) for _ in range(pick.choice([0, 1, 1, 2, 3, 6])))


def written(text, always):
    if always or any(c in text for c in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def sound(pick):
    columns = pick.randint(1, 5)
    end = pick.choice(["\n", "\n", "\r\n", "\r"])
    lines = [",".join(f"c{i}" for i in range(columns))]
    always = pick.random() < 0.3
    for _ in range(pick.randint(0, 12)):
        lines.append(",".join(written(field(pick), always) for _ in range(columns)))
        if pick.random() < 0.05:
            lines.append("")
    text = end.join(lines)
    return ("\ufeff" if pick.random() < 0.1 else "") + text + (end if pick.random() < 0.8 else "")


def spoiled(pick, text):
    for _ in range(pick.randint(1, 4)):
        at = pick.randint(0, len(text))
        if pick.random() < 0.3:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[:at] + pick.choice(MISTAKES) + text[at:]
    return text


pick = random.Random(7)
for number in range(int(sys.argv[1])):
    text = sound(pick)
    if number % 2:
        text = spoiled(pick, text)
    print(json.dumps(list(text.encode())))
