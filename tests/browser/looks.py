"""Looks at the pages of evaluations and explanations, wide and narrow, light and dark. See README.md."""

import argparse
import base64
import json
import pathlib
import subprocess
import tempfile

from browser import Browser

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "sample_postings.csv"
WIDTHS = [1400, 390]

# Texts whose contrast to what is behind them is below 4.5. What is see-through is mixed with what is behind it.
CONTRAST = """[...document.querySelectorAll("body *")].flatMap((element) => {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || !element.checkVisibility() || element.tagName === "TITLE" || element.tagName === "title") return [];
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const grounds = [];
  for (let at = element; at; at = at.parentElement) {
    const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
    grounds.push([r, g, b, a]);
    if (a === 1) break;
  }
  const ground = grounds.reduceRight((below, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a)), [255, 255, 255]);
  const style = getComputedStyle(element);
  const ink = numbers(element.closest("svg") ? style.fill : style.color).slice(0, 3);
  const light = (colour) => colour
    .map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
  const contrast = (high + 0.05) / (low + 0.05);
  return contrast < 4.5 ? [`${element.tagName} ${element.textContent.slice(0, 30)} ${contrast.toFixed(2)}`] : [];
})"""

# Pairs of labels of one drawing that lie on each other.
OVERLAPS = """[...document.querySelectorAll("svg")].flatMap((svg) => {
  const labels = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  return labels.flatMap(([one, a], i) => labels.slice(i + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => `${one} on ${other}`));
})"""

# Labels of drawings that are cut off at their edge.
CUT_OFF = """[...document.querySelectorAll("svg")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const is_out = (box) => box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
  return [...svg.querySelectorAll("text")].filter((text) => is_out(text.getBoundingClientRect())).map((text) => text.textContent);
})"""

OVER = "(({scrollWidth: s, clientWidth: c}) => s - c)(document.documentElement)"


def check(fits, message):
    if not fits:
        raise SystemExit(f"failed: {message}")


def pages(program, folder):
    """The pages to look at, by name."""
    def run(*arguments):
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)

    models = [folder / "sample.rolecall", folder / "start.rolecall"]
    run("train", SAMPLE, "-o", models[0], "--data-name", "the sample", "--date", "2026-01-31", "-q")
    run("train", "--lexicon-only", "-o", models[1], "-q")
    compact = [folder / "one_with_a_rather_long_name.rolecall", folder / "start.rolecall"]
    run("model", "export", models[0], "--compact", "-o", compact[0], "-q")
    compared = [option for model in compact for option in ("--model", model)]
    made = {
        "evaluation": ["evaluate", SAMPLE, "--curve", "--by", "location", "-q", "--html"],
        "comparison": ["evaluate", SAMPLE, *compared, "-q", "--html"],
        "explanation": ["explain", SAMPLE, "--row", "3", "--model", models[0], "-q", "--html"],
    }
    for name, command in made.items():
        run(*command, folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in made}


def look(browser, name, shots):
    """Looks at the page that is open: nothing is cut off, every text can be read, no label lies on another."""
    for width in WIDTHS:
        for dark in [False, True]:
            browser.look(width, 900, dark)
            at = f"{name} at {width} px, {'dark' if dark else 'light'}"
            over = browser.value(OVER)
            check(over <= 0, f"{at}: {over} px stand over")
            for what, found in [("contrast", CONTRAST), ("labels on labels", OVERLAPS), ("labels cut off", CUT_OFF)]:
                found = browser.value(found)
                check(not found, f"{at}: {what}: {found}")
            ground = browser.value("getComputedStyle(document.body).backgroundColor")
            check((ground == "rgb(255, 255, 255)") != dark, f"{at}: the ground is {ground}")
            picture = f"{name}-{width}-{'dark' if dark else 'light'}.png"
            (shots / picture).write_bytes(base64.b64decode(browser.picture()))


def looks_can_fail(browser):
    """The checks find what they are for, planted into the page that is open."""
    browser.look(390, 900)
    planted = [
        (OVER, "<div style='width:2000px'>wide</div>"),
        (CONTRAST, "<p style='color:#999'>pale</p>"),
        (OVERLAPS, "<svg><text x='9' y='20'>one</text><text x='12' y='20'>two</text></svg>"),
        (CUT_OFF, "<svg width='20' height='20'><text x='9' y='10'>a long label</text></svg>"),
    ]
    for looked_for, markup in planted:
        add = f"document.body.insertAdjacentHTML('beforeend', {json.dumps('<div id=planted>' + markup + '</div>')})"
        browser.value(add)
        found = browser.value(looked_for)
        check(found not in (0, []), f"what is wrong is found: {markup}")
        browser.value("document.getElementById('planted').remove()")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the rolecall to make the pages with", type=pathlib.Path)
    parser.add_argument("shots", help="the folder for pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = pages(arguments.program.resolve(), folder)
        browser = Browser(folder)
        try:
            for name, page in made.items():
                browser.open(page.as_uri())
                look(browser, name, arguments.shots)
                said = browser.value("document.querySelector('dl').textContent")
                check("sample_postings.csv" in said, f"{name}: its head names the file: {said}")
            check("2026-01-31" in said, f"its head has the date of the model: {said}")
            looks_can_fail(browser)
        finally:
            browser.close()
    print(f"The pages can be read. Pictures are in {arguments.shots}.")


if __name__ == "__main__":
    main()
