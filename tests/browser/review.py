"""Reviews a review page in a browser as a person would. See README.md."""

import argparse
import base64
import csv
import io
import itertools
import json
import math
import pathlib
import re
import subprocess
import tempfile

from browser import Browser

HERE = pathlib.Path(__file__).resolve().parent
POSTINGS = HERE / "injections.csv"
SAMPLE = HERE.parents[1] / "data" / "sample_postings.csv"
HEAD = ["row", "id", "title", "text", "stated_role", "decision", "role"]
FORMULA = tuple("=+-@\t\r")
WATCH = """new MutationObserver(() => {
  if (!window.opened && document.querySelector("#list button")) window.opened = performance.now();
}).observe(document, {childList: true, subtree: true})"""
CONTRAST = """[...document.querySelectorAll("body *")].flatMap((element) => {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || !element.checkVisibility() || element.closest("option, svg")) return [];
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let ground = element;
  while (ground && numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const colours = [getComputedStyle(element).color, ground ? getComputedStyle(ground).backgroundColor : "0 0 0"];
  const [high, low] = colours.map((c) => light(numbers(c))).sort((a, b) => b - a);
  const contrast = (high + 0.05) / (low + 0.05);
  return contrast < 4.5 ? [`${element.tagName} ${element.id} ${element.textContent.slice(0, 30)} ${contrast.toFixed(2)}`] : [];
})"""
UNNAMED = """[...document.querySelectorAll("button, select, input:not([hidden])")]
  .filter((e) => !(e.textContent.trim() || e.labels?.length || e.getAttribute("aria-label")))
  .map((e) => e.outerHTML)"""


def check(fits, message):
    if not fits:
        raise SystemExit(f"failed: {message}")


def rolecall(program, *arguments, status=0):
    """What it says on standard output and on standard error."""
    done = subprocess.run([program, *arguments], capture_output=True, encoding="utf-8")
    check(done.returncode == status, f"status {status}, not {done.returncode}, of {arguments}: {done.stderr}")
    return done.stdout, done.stderr


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def text(browser, selector):
    return browser.value(f"document.querySelector({json.dumps(selector)}).textContent")


def choose(browser, name, value):
    browser.value(f"""(() => {{
      const field = document.getElementById({json.dumps(name)});
      field.value = {json.dumps(value)};
      field.dispatchEvent(new Event("change", {{bubbles: true}}));
    }})()""")


def decided(browser):
    return int(text(browser, "#progress").split()[0])


def seen(browser):
    """The postings that were decided on or skipped, as the page counts them."""
    return sum(int(n) for n in re.findall(r"^(\d+) of|, (\d+) skipped", text(browser, "#progress")) for n in n if n)


def row(browser):
    return int(re.search(r"row (\d+)", text(browser, "#about")).group(1))


def listed(browser):
    return browser.value("document.querySelectorAll('#list button').length")


def expect(browser, count, after):
    check(seen(browser) == count, f"{count} seen after {after}, not {seen(browser)}")


def review(browser):
    """Ten decisions, five by key and five by mouse, as a map from row to (decision, role)."""
    made = {}
    data = browser.value("JSON.parse(document.getElementById('data').textContent)")
    postings = {posting["row"]: posting for posting in data["postings"]}
    roles = data["outcomes"]

    def act(way, does):
        here = row(browser)
        posting = postings[here]
        if posting[{"accept": "suggested"}.get(does, "stated")] not in [*roles, "other"]:
            does = "skip"
        elif does == "skip" and posting["title"].startswith(FORMULA):
            does = "keep"
        if way == "key":
            browser.press({"accept": "a", "keep": "k", "other": "o", "skip": "s"}[does])
        else:
            browser.click(f"#{does}")
        if does == "other":
            check(browser.value("document.getElementById('roles').open"), "the menu of roles opens")
            if way == "key":
                browser.press("2")
            else:
                browser.click("#choices button:nth-child(2)")
        role = {"accept": posting["suggested"], "keep": posting["stated"], "other": roles[1], "skip": ""}
        made[here] = (does, role[does])
        expect(browser, len(made), f"{does} by {way}")
        check(row(browser) != here, f"the next posting after {does} by {way}")
        return here

    for way in ["key", "mouse"]:
        for does in ["accept", "keep", "other", "skip"]:
            act(way, does)
        last = act(way, "keep")
        if way == "key":
            browser.press("u")
        else:
            browser.press("z", ctrl=True)
        expect(browser, len(made) - 1, "undo")
        check(row(browser) == last, "undo goes back to its posting")
        del made[last]
        act(way, "skip")
    return made


def filters(browser):
    total = browser.value("JSON.parse(document.getElementById('data').textContent).postings.length")
    for name in ["issue", "stated", "suggested", "company"]:
        value = browser.value(f"document.getElementById('{name}').options[1].value")
        count = int(re.search(r"\((\d+)\)$", text(browser, f"#{name} option:nth-child(2)")).group(1))
        choose(browser, name, value)
        check(text(browser, "#count") == f"{count} of {total} postings", f"{count} fit {name}={value}")
        choose(browser, name, "")
    browser.click("#undecided")
    check(text(browser, "#count").startswith(f"{total - decided(browser)} of"), "undecided only")
    check(0 < decided(browser) < seen(browser), "what is skipped is not decided")
    browser.click("#undecided")
    before = decided(browser)
    browser.press("/")
    for letter in "ask </":
        browser.press(letter)
    browser.until(f"!document.getElementById('count').textContent.startsWith('{total} of')")
    check(decided(browser) == before, "keys do nothing while typing")
    check(browser.value("document.getElementById('search').value") == "ask </", "typing goes to the search")
    browser.click("#clear")
    browser.value("document.activeElement.blur()")
    check(text(browser, "#count") == f"{total} of {total} postings", "all fit without filters")
    phrase = re.search(r"[A-Za-z][A-Za-z ,.]{30}", text(browser, "#text")).group().strip().upper()
    browser.press("/")
    browser.send("Input.insertText", text=phrase)
    browser.until(f"!document.getElementById('count').textContent.startsWith('{total} of')")
    check(listed(browser) >= 1, "the search finds words of the text")
    here = row(browser)
    browser.reload()
    check(browser.value("document.getElementById('search').value") == phrase, "filters survive")
    check(row(browser) == here, "the place survives")
    browser.click("#clear")


def movement(browser):
    here = row(browser)
    browser.value("document.querySelector('#list [aria-current]').focus()")
    browser.press("ArrowDown")
    after = row(browser)
    check(after != here, "arrow down moves on")
    browser.press("ArrowUp")
    check(row(browser) == here, "arrow up moves back")
    browser.press("n")
    browser.press("p")
    check(row(browser) == here, "n and p move")
    check(browser.value("document.activeElement.hasAttribute('aria-current')"), "focus stays in the list")
    browser.press("?")
    check(browser.value("document.getElementById('keys').open"), "? shows the keys")
    browser.press("s")
    expect(browser, 10, "a key under a dialog")
    browser.press("Escape")
    check(not browser.value("document.getElementById('keys').open"), "Escape closes the keys")


def download(browser, folder):
    browser.forget("Browser.downloadProgress")
    browser.click("#download")
    browser.wait("Browser.downloadProgress", lambda p: p["state"] == "completed")
    [path] = folder.glob("*-decisions.csv")
    content = path.read_bytes().decode()
    path.unlink()
    return content


def decisions(browser, folder, made):
    content = download(browser, folder)
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    check(head == HEAD, f"the header of the decisions: {head}")
    check({int(r[0]): (r[5], r[6]) for r in rows} == made, f"the decisions are those made: {rows}")
    for fields in rows:
        check(not any(field.startswith(FORMULA) for field in fields[1:]), "no formulas")
    return content


def loop(program, folder, content, made):
    """Decisions become rows to learn from: those decided on, with another label and nothing else."""
    head, *postings = read(POSTINGS)
    label, text, title = (head.index(name) for name in ["role", "description", "title"])
    applied = sorted(row for row, (does, _) in made.items() if does != "skip")
    check({made[row][0] for row in applied} == {"accept", "keep", "other"}, "each decision is applied")
    check(any(postings[row - 1][title].startswith(FORMULA) for row in applied), "one is on a formula")
    expected = {row: [*postings[row - 1]] for row in applied}
    for row, fields in expected.items():
        fields[label] = made[row][1]

    decisions, corrected = folder / "decisions.csv", folder / "corrected.csv"
    decisions.write_bytes(content.encode())
    rolecall(program, "review", decisions, POSTINGS, "-o", corrected)
    found = read(corrected)
    check(found == [head, *expected.values()], f"the rows decided on, as decided: {found}")

    changed, rest, row = folder / "changed.csv", folder / "rest.csv", applied[0]
    postings[row - 1][text] += " And more."
    with open(changed, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *postings])
    _, said = rolecall(program, "review", decisions, changed, "-o", rest, status=1)
    noticed = f"line {2 + sorted(made).index(row)}: not applied: the text of row {row} is another"
    check(noticed in said, f"a changed text is noticed: {said}")
    check(read(rest) == [head, *(expected[row] for row in applied[1:])], "a changed text is left out")

    old, new = folder / "old.rolecall", folder / "new.rolecall"
    rolecall(program, "train", SAMPLE, "-o", old)
    learn = ["retrain", old, "--add", corrected, "--allow-worse", "--json", "-o", new]
    added = json.loads(rolecall(program, *learn)[0])["added"]
    check(added == len(applied), f"{len(applied)} rows are learned from, not {added}")
    rolecall(program, "classify", changed, "--model", new, "-o", folder / "classified.csv")


def saved_by_a_spreadsheet(content):
    """The same decisions with semicolons, capitals and a mark, the columns and rows in another order."""
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    columns = [head.index(name) for name in ["decision", "role", "id", "title", "text", "row"]]
    out = io.StringIO(newline="")
    saved = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    saved.writerow(head[at].upper() for at in columns)
    for fields in reversed(rows):
        fields = [*fields[:5], fields[5].capitalize(), fields[6].replace("_", " ").title()]
        saved.writerow(fields[at] for at in columns)
    saved.writerow([""] * len(columns))
    return "\ufeff" + out.getvalue()


def load_again(browser, program, folder, content, made):
    """Decisions find their postings in a file that was sorted and filtered since."""
    head, *postings = read(POSTINGS)
    undecided = [number for number in range(1, len(postings) + 1) if number not in made]
    dropped = {*undecided[:2], max(made)}
    order = sorted(set(range(1, len(postings) + 1)) - dropped, reverse=True)
    file, page = folder / "sorted.csv", folder / "sorted.html"
    with open(file, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([head, *(postings[number - 1] for number in order)])
    rolecall(program, "classify", file, "-o", folder / "sorted-verdicts.csv", "--report", page)
    browser.open(page.as_uri())
    expected = {order.index(row) + 1: decision for row, decision in made.items() if row in order}
    for saved in [content, saved_by_a_spreadsheet(content)]:
        browser.value("localStorage.clear()")
        browser.reload()
        expect(browser, 0, "the browser forgot")
        give(browser, folder, saved)
        browser.until("document.getElementById('said').textContent.includes('loaded')")
        said = text(browser, "#said")
        check(f"{len(expected)} of {len(made)} decisions loaded." in said, f"{len(expected)} are loaded: {said}")
        check("The others are on rows that this page lacks" in said, f"it says which are not loaded: {said}")
        _, *rows = csv.reader(io.StringIO(download(browser, folder), newline=""))
        check({int(r[0]): (r[5], r[6]) for r in rows} == expected, f"each decision is on its posting: {rows}")
    give(browser, folder, "row;decision;role\n1;accept;Chef\n2;perhaps;other\n3;skip;\n")
    browser.until("document.getElementById('said').textContent.includes('Not understood')")
    check("1 of 3 decisions loaded." in text(browser, "#said"), "what is understood is loaded")
    check("Not understood: line 2, 3." in text(browser, "#said"), "what is not understood is named")
    give(browser, folder, "title,salary\nBaker,1\n")
    browser.until("document.getElementById('said').textContent === 'That is not a file of decisions.'")


def load(browser, folder, content):
    browser.value("localStorage.clear()")
    browser.reload()
    expect(browser, 0, "the browser forgot")
    give(browser, folder, content)
    browser.until("!document.getElementById('progress').textContent.startsWith('0 ')")
    check(download(browser, folder) == content, "decisions loaded are those saved")


def give(browser, folder, content):
    """Chooses a file of decisions."""
    path = folder / "saved.csv"
    path.write_bytes(content.encode())
    node = browser.send("DOM.getDocument")["root"]["nodeId"]
    field = browser.send("DOM.querySelector", nodeId=node, selector="#file")["nodeId"]
    browser.send("DOM.setFileInputFiles", nodeId=field, files=[str(path)])


def without_storage(browser):
    denied = browser.send("Page.addScriptToEvaluateOnNewDocument", source="""
      Object.defineProperty(window, "localStorage", {get() { throw new Error("denied"); }})""")
    browser.reload()
    check(browser.value("!document.getElementById('storage').hidden"), "it says that nothing is kept")
    browser.press("k")
    expect(browser, 1, "a decision without storage")
    browser.send("Page.removeScriptToEvaluateOnNewDocument", **denied)
    browser.reload()
    asked = [dialog["type"] for dialog in browser.of("Page.javascriptDialogOpening")]
    check(asked == ["beforeunload"], f"it asks before decisions are lost, and nothing else: {asked}")
    browser.forget("Page.javascriptDialogOpening")
    check(browser.value("document.getElementById('storage').hidden"), "storage is there again")


def every_posting(browser):
    """Shows all postings once, so that every hostile text is rendered, and checks the text."""
    postings = browser.value("JSON.parse(document.getElementById('data').textContent).postings")
    browser.value("document.querySelector('#list button').click()")
    for posting in postings:
        check(row(browser) == posting["row"], f"row {posting['row']} is shown")
        check(text(browser, "#text").strip() != "", f"row {posting['row']} has its text")
        browser.press("n")


def unharmed(browser, *addresses):
    check(browser.value("window.pwned === undefined"), "no script of a posting ran")
    requests = {p["request"]["url"] for p in browser.of("Network.requestWillBeSent")}
    requests = {url for url in requests if not url.startswith("blob:")} - {*addresses}
    check(not requests, f"no requests: {requests}")
    for event in ["Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded",
                  "Runtime.consoleAPICalled"]:
        check(not browser.of(event), f"no {event}: {browser.of(event)}")


def policy_works(browser):
    """The checks above would see a script, as the policy stops one put in on purpose."""
    for put in ["Object.assign(document.createElement('script'), {textContent: 'window.probe = 1'})",
                "Object.assign(document.createElement('img'), {src: 'https://example.invalid/'})"]:
        browser.value(f"(() => {{ try {{ document.body.append({put}); }} catch {{}} }})()")
    check(browser.value("window.probe === undefined"), "the policy stops scripts")
    browser.wait("Log.entryAdded")


def lab(colour):
    """A colour as CIELAB has it: lightness from 0 to 100, and distances as they are seen."""
    r, g, b = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    x, y, z = (0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b,
               0.0193 * r + 0.1192 * g + 0.9505 * b)
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x / 0.9505, y, z / 1.089))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ground_and_ink(colours, dark, path):
    (ground, share), *others = colours
    lightness = lab(ground)[0]
    check(lightness < 15 if dark else lightness > 95, f"{path}: a lightness of {lightness:.0f}")
    ink = sum(share for colour, share in others if abs(lab(colour)[0] - lightness) > 50)
    check(share > 0.5 and ink > 0.01, f"{path}: {share:.1%} are ground and {ink:.1%} ink")


def access(browser, shots):
    looks = {"light": (1280, 900, False), "dark": (1280, 900, True), "zoom": (640, 450, False),
             "narrow": (360, 740, True)}
    for name, (width, height, dark) in looks.items():
        browser.look(width, height, dark)
        browser.value("scrollTo(0, 0)")
        for opened in [False, True]:
            browser.value(f"document.getElementById('summary').open = {json.dumps(opened)}")
            over = browser.value("(({scrollWidth: s, clientWidth: c}) => s - c)(document.documentElement)")
            check(over <= 0, f"nothing is cut off at {width} px: {over} px")
            poor = browser.value(CONTRAST)
            check(not poor, f"contrast of 4.5 in {name}: {poor}")
            picture = browser.picture()
            path = shots / f"{name}{'-summary' if opened else ''}.png"
            path.write_bytes(base64.b64decode(picture))
            ground_and_ink(browser.colours(picture), dark, path)
        browser.value("document.getElementById('summary').open = false")
    browser.look(1280, 900)
    check(not browser.value(UNNAMED), "every control has a name")


def marks(browser):
    """Marks for and against differ by line, and by the colours of ground and line whoever looks."""
    kinds = ["for_winner", "for_rival", "masked"]
    style = "getComputedStyle(document.querySelector('#legend .{}')).textDecorationStyle"
    styles = {browser.value(style.format(kind)) for kind in kinds}
    check(len(styles) == len(kinds), f"each mark has a line of its own: {styles}")
    seen = []
    for name, vision in itertools.product(
        ["light", "dark"], ["none", "deuteranopia", "protanopia", "tritanopia"]
    ):
        browser.look(1280, 900, dark=name == "dark")
        browser.send("Emulation.setEmulatedVisionDeficiency", type=vision)
        pictures = [browser.picture(f"#legend .{kind}") for kind in kinds[:2]]
        pairs = [[colour for colour, _ in browser.colours(picture)[:2]] for picture in pictures]
        check(pairs not in seen, f"{vision} changes what is seen in {name}")
        seen.append(pairs)
        for what, ours, theirs in zip(["grounds", "lines"], *pairs):
            apart = math.dist(lab(ours), lab(theirs))
            check(apart > 20, f"{what} of marks in {name}, {vision}: {apart:.0f} apart, {ours} and {theirs}")
    browser.send("Emulation.setEmulatedVisionDeficiency", type="none")
    browser.look(1280, 900)


def key(browser, key, code):
    """Presses a key of another keyboard: its letter, and the place where it is."""
    browser.value(f"""document.body.dispatchEvent(new KeyboardEvent("keydown",
      {json.dumps({"key": key, "code": code, "bubbles": True})}))""")


def verdicts(browser, program, folder, shots):
    """The page of verdicts: keys of any keyboard, paper, and decisions that `review` reads."""
    page, out = folder / "verdicts.html", folder / "verdicts.csv"
    rolecall(program, "classify", POSTINGS, "-o", out, "--report", page)
    head, *rows = read(out)
    browser.open(page.as_uri())
    data = browser.value("JSON.parse(document.getElementById('data').textContent)")
    check(len(data["postings"]) == len(rows), "every row is on the page")
    made, roles = {}, [*data["outcomes"]]
    for press, role in [("2", roles[1]), ("4", "other"), (("ф", "KeyA"), None), (("α", "KeyA"), None),
                        (("&", "Digit1"), roles[0]), ("s", "")]:
        here = row(browser)
        suggested = next(p["suggested"] for p in data["postings"] if p["row"] == here)
        browser.press(press) if isinstance(press, str) else key(browser, *press)
        made[here] = suggested if role is None else role
        expect(browser, len(made), press)
    browser.click("#direct button:nth-child(3)")
    expect(browser, len(made) + 1, "a button of a role")
    browser.press("u")
    browser.value("dispatchEvent(new Event('beforeprint'))")
    papers = browser.value("document.querySelectorAll('#paper article').length")
    check(papers == len(rows), f"{papers} of {len(rows)} postings are on paper")
    browser.value("dispatchEvent(new Event('afterprint'))")
    path, corrected = folder / "d.csv", folder / "corrected.csv"
    path.write_bytes(download(browser, folder).encode())
    rolecall(program, "review", path, POSTINGS, "--all", "-o", corrected)
    head, *rows = read(corrected)
    role, reviewed = head.index("role"), head.index("reviewed")
    found = {n: fields[role] if fields[reviewed] != "skip" else "" for n, fields in enumerate(rows, 1) if fields[reviewed]}
    check(found == made, f"the decisions are those made: {found}, not {made}")
    for width in [1400, 390]:
        for dark in [False, True]:
            browser.look(width, 900, dark)
            browser.value("scrollTo(0, 0)")
            over = browser.value("(({scrollWidth: s, clientWidth: c}) => s - c)(document.documentElement)")
            check(over <= 0, f"nothing is cut off at {width} px: {over} px")
            check(not browser.value(CONTRAST), f"contrast of verdicts at {width}: {browser.value(CONTRAST)}")
            name = f"verdicts-{width}-{'dark' if dark else 'light'}.png"
            (shots / name).write_bytes(base64.b64decode(browser.picture()))
    browser.look(1280, 900)


def enlarged(page, count, length):
    """The same page with other data: the policy knows script and style only."""
    blocks = re.compile(r'<script type="application/json" id="(data|block-\d+)">(.*?)</script>', re.S)
    found = {name: json.loads(content) for name, content in blocks.findall(page)}
    data, details = found["data"], found["block-0"]
    words = [d["text"] for d in details]
    postings, all_details = [], []
    for n in range(count):
        posting, detail = data["postings"][n % len(words)], details[n % len(words)]
        postings.append({**posting, "row": n + 1, "company": f"Organisation {n * 7 % 997}",
                         "title": f"{posting['title'][:60]} {n}"})
        body = (f"{n} " + " ".join(words[(n + k) % len(words)][:900] for k in range(8)))[:length]
        parts = [[40, 0], [20, 1]] * (length // 60) + [[length % 60, 0]]
        all_details.append({**detail, "text": body, "parts": parts})
    data = {**data, "key": "large", "postings": postings}
    size = data["block"]

    def element(name, value):
        safe = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for letter in "<>&\u2028\u2029":
            safe = safe.replace(letter, f"\\u{ord(letter):04x}")
        return f'<script type="application/json" id="{name}">{safe}</script>\n'

    first = blocks.search(page)
    rest = page[first.end():]
    tail = "".join(element(f"block-{n // size}", all_details[n:n + size]) for n in range(0, count, size))
    start = rest.index('<script type="application/json"')
    return page[:first.start()] + element("data", data) + rest[:start] + tail + "</body></html>"


def timings(browser, address):
    """What takes how many milliseconds."""
    browser.open(address)
    took = {
        "shown": browser.value("window.opened"),
        "loaded": browser.value("performance.getEntriesByType('navigation')[0].domInteractive"),
    }
    browser.until("!document.querySelector('script[id^=block-]')")
    timed = """(() => {{ const from = performance.now(); {}; document.body.offsetHeight;
      return performance.now() - from; }})()"""
    for name in ["issue", "stated", "company"]:
        change = f"const f = document.getElementById('{name}'); f.selectedIndex = 1; f.onchange()"
        took[f"filter by {name}"] = browser.value(timed.format(change))
    browser.click("#clear")
    for words in ["19999 ", "backlog", "nowhere at all"]:
        took[f"search for “{words}”"] = browser.value(f"""new Promise((done) => {{
          const from = performance.now(), field = document.getElementById("search");
          const said = document.getElementById("said");
          field.value = {json.dumps(words)};
          new MutationObserver((_, observer) => {{ observer.disconnect(); done(performance.now() - from); }})
            .observe(said, {{childList: true}});
          field.oninput();
        }})""")
    browser.click("#clear")
    took["decision"] = browser.value(timed.format("document.getElementById('keep').click()"))
    return took


def large(browser, page, folder):
    """Works with many postings; says how quick it is."""
    path = folder / "large.html"
    path.write_text(enlarged(page, 20_000, 2_000), encoding="utf-8")
    browser.send("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
    print(f"20,000 postings, {path.stat().st_size / 1e6:.1f} MB:")
    for name, milliseconds in timings(browser, path.as_uri()).items():
        print(f"  {name}: {milliseconds:.0f} ms")
    check(decided(browser) == 1, "a decision among 20,000 postings counts")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the rolecall to make the page with", type=pathlib.Path)
    parser.add_argument("shots", help="the folder for pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        page = folder / "review.html"
        rolecall(arguments.program, "audit", POSTINGS, "--report", page)
        address = page.as_uri()
        browser = Browser(folder)
        try:
            browser.look(1280, 900)
            browser.open(address)
            made = review(browser)
            browser.reload()
            expect(browser, 10, "a reload")
            filters(browser)
            movement(browser)
            content = decisions(browser, folder, made)
            loop(arguments.program, folder, content, made)
            load(browser, folder, content)
            load_again(browser, arguments.program, folder, content, made)
            browser.open(address)
            without_storage(browser)
            every_posting(browser)
            access(browser, arguments.shots)
            verdicts(browser, arguments.program, folder, arguments.shots)
            browser.open(address)
            unharmed(browser, address, *((folder / name).as_uri() for name in ["verdicts.html", "sorted.html"]))
            # After it, as Chromium simulates eyes by requests of its own.
            marks(browser)
            policy_works(browser)
            large(browser, page.read_text(encoding="utf-8"), folder)
        finally:
            browser.close()
    print(f"The page works. Pictures are in {arguments.shots}.")


if __name__ == "__main__":
    main()
