"use strict";
(() => {
  const PAGE = 50;
  const HEAD = ["row", "id", "title", "text", "stated_role", "decision", "role"];
  const DECISIONS = ["accept", "keep", "other", "skip"];
  const CHOICES = ["issue", "stated", "suggested", "company"];

  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  const postings = data.postings;
  const byRow = new Map(postings.map((posting, index) => [posting.row, index]));
  const roles = [...new Set([...data.outcomes, "other"])];
  const store = `rolecall-review-${data.key}`;

  /** Every decision in its order, [row, decision, role]: the last one on a row counts. */
  let log = [];
  /** Decisions on rows that another page of the same file shows, and this one does not. */
  let elsewhere = [];
  let stored = true;
  let decided = new Map();
  let filters = {};
  let current = -1;
  let listed = 0;
  let fitting = [];
  let shown = [];
  let useKeys = true;

  const words = (name) => name.replaceAll("_", " ");
  const percent = (value) => `${(value * 100).toFixed(1)} %`;

  // A posting must not turn the order of the letters around it, or hide some.
  const safe = (text) =>
    text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "\ufffd");

  function make(tag, text = "", properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    if (text) element.textContent = safe(text);
    return element;
  }

  function say(text) {
    at("said").textContent = safe(text);
  }

  // ---- details

  const details = [];

  /** The details of a posting, or nothing while they still load. */
  function detail(index) {
    const block = Math.floor(index / data.block);
    if (!details[block]) {
      const element = at(`block-${block}`);
      const whole = element && (element.nextElementSibling || document.readyState !== "loading");
      if (!whole) return null;
      details[block] = JSON.parse(element.textContent);
      element.remove();
    }
    return details[block][index % data.block];
  }

  function readAhead(block = 0) {
    if (block * data.block >= postings.length) return;
    detail(block * data.block);
    setTimeout(readAhead, 0, block + 1);
  }

  // ---- what is kept

  function keep() {
    const row = postings[current]?.row;
    const all = [...elsewhere, ...log];
    const kept = { log: all, filters, row, useKeys, summary: at("summary").open };
    try {
      localStorage.setItem(store, JSON.stringify(kept));
      stored = true;
    } catch {
      stored = false;
      at("storage").hidden = false;
    }
  }

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(store)) ?? {};
    } catch (error) {
      at("storage").hidden = error instanceof SyntaxError;
      return {};
    }
  }

  const isEntry = (entry) => Array.isArray(entry) && isDecision(...entry);
  const isDecision = (row, decision, role) =>
    byRow.has(row) &&
    DECISIONS.includes(decision) &&
    (decision === "skip" || roles.includes(role));

  function takeLog(stored) {
    const entries = Array.isArray(stored) ? stored : [];
    elsewhere = entries.filter((entry) => Array.isArray(entry) && !byRow.has(entry[0]));
    setLog(entries.filter(isEntry));
  }

  function setLog(entries) {
    log = entries;
    decided = new Map(log.map(([row, decision, role]) => [row, { decision, role }]));
  }

  // ---- filters

  // A posting that was skipped was seen, and is not decided.
  const isSeen = (index) => decided.has(postings[index].row);
  const isDecided = (index) => isSeen(index) && decided.get(postings[index].row).decision !== "skip";

  function tally(values) {
    const counts = new Map();
    for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a.localeCompare(b));
  }

  const VALUES = {
    issue: (posting) => [...new Set(posting.issues)],
    stated: (posting) => [posting.stated],
    suggested: (posting) => [posting.suggested],
    company: (posting) => [posting.company],
  };

  function fillFilters() {
    for (const name of CHOICES) {
      const options = tally(postings.flatMap(VALUES[name])).map(([value, count]) => {
        const text = name === "company" ? value.slice(0, 60) : words(value);
        return make("option", `${text} (${count})`, { value });
      });
      at(name).replaceChildren(make("option", "all", { value: "" }), ...options);
    }
  }

  function showFilters() {
    for (const name of CHOICES) {
      at(name).value = filters[name] ?? "";
      if (at(name).selectedIndex < 0) at(name).value = "";
    }
    at("search").value = filters.search ?? "";
    at("undecided").checked = filters.undecided ?? false;
  }

  function readFilters() {
    filters = { search: at("search").value, undecided: at("undecided").checked };
    for (const name of CHOICES) filters[name] = at(name).value;
  }

  function fits(index, search) {
    const posting = postings[index];
    const chosen = (name) => !filters[name] || VALUES[name](posting).includes(filters[name]);
    if (!CHOICES.every(chosen)) return false;
    if (!search) return true;
    const has = (text) => search.test(text);
    if ([posting.title, posting.company, posting.id].some(has)) return true;
    // What still loads is sorted out when it is there.
    const found = detail(index);
    return !found || has(found.text);
  }

  function applyFilters() {
    const search = filters.search?.trim().replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const pattern = search && new RegExp(search.replace(/\s+/g, "\\s+"), "i");
    fitting = [...postings.keys()].filter((index) => fits(index, pattern));
    showUndecided();
    if (!shown.includes(current)) current = shown[0] ?? -1;
    listed = pageOf(current);
    showAll();
  }

  function showUndecided() {
    shown = filters.undecided ? fitting.filter((index) => !isDecided(index)) : fitting;
  }

  const pageOf = (index) => Math.max(0, Math.floor(shown.indexOf(index) / PAGE));

  // ---- the list

  function item(index) {
    const posting = postings[index];
    const { row, title, company, stated, suggested, measure, issues } = posting;
    const button = make("button", "", { tabIndex: -1 });
    button.dataset.index = index;
    if (index === current) button.setAttribute("aria-current", "true");
    const other = suggested && suggested !== stated;
    const change = other && stated !== "none" ? `${words(stated)} → ${words(suggested)}` : words(suggested || stated);
    button.append(
      make("bdi", title.slice(0, 200) || "(no title)", { className: "title" }),
      make("span", [company, `row ${row}`].filter(Boolean).join(" · "), { className: "company" }),
      make("span", change, { className: "change" }),
      make("span", `${words(issues[0])} · ${percent(measure)}`, { className: "matter" }),
    );
    const decision = decided.get(row);
    if (decision) button.append(make("span", `✓ ${told(decision)}`, { className: "decided" }));
    const line = make("li");
    line.append(button);
    return line;
  }

  function showList() {
    const list = at("list");
    const focused = list.contains(document.activeElement);
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    listed = Math.min(Math.max(listed, 0), pages - 1);
    list.start = listed * PAGE + 1;
    list.replaceChildren(...shown.slice(listed * PAGE, (listed + 1) * PAGE).map(item));
    const button = list.querySelector("[aria-current]") ?? list.querySelector("button");
    if (button) {
      button.tabIndex = 0;
      if (focused) button.focus({ preventScroll: true });
      const hidden = button.offsetTop - list.offsetTop - list.clientHeight / 3;
      list.scrollTop = button.hasAttribute("aria-current") ? hidden : 0;
    }
    at("count").textContent = `${shown.length} of ${postings.length} postings`;
    at("place").textContent = `page ${listed + 1} of ${pages}`;
    at("back").setAttribute("aria-disabled", listed === 0);
    at("forth").setAttribute("aria-disabled", listed === pages - 1);
    at("pager").hidden = pages === 1;
  }

  function showProgress() {
    const here = fitting.filter(isDecided).length;
    const all = [...postings.keys()].filter(isDecided).length;
    const skipped = decided.size - all;
    at("done").max = Math.max(postings.length, 1);
    at("done").value = all;
    at("progress").textContent =
      `${all} of ${postings.length} decided` +
      (skipped ? `, ${skipped} skipped` : "") +
      (fitting.length < postings.length ? `; of this filter, ${here} of ${fitting.length}` : "");
  }

  // ---- the posting

  function told({ decision, role }) {
    if (decision === "skip") return "skipped";
    if (decision === "keep") return "title kept";
    return `${decision === "accept" ? "accepted" : "other"}: ${words(role)}`;
  }

  function bar(value, kind) {
    const track = make("span", "", { className: "track" });
    const fill = make("span", "", { className: `fill ${kind}` });
    fill.style.inlineSize = `${value * 100}%`;
    track.append(fill);
    return track;
  }

  function lines(id, items, empty) {
    at(id).replaceChildren(...(items.length ? items : [make("li", empty, { className: "none" })]));
  }

  function showPosting() {
    const posting = postings[current];
    at("posting").hidden = !posting;
    at("nothing").hidden = Boolean(posting);
    if (!posting) return;
    const { row, id, title, company, stated, suggested } = posting;
    at("title").textContent = safe(title) || "(no title)";
    const about = [company, `row ${row}`, id && `id ${id}`].filter(Boolean);
    at("about").replaceChildren(...about.flatMap((text) => [make("bdi", text), " "]));
    at("stated-role").textContent = safe(words(stated)) || "none";
    at("suggested-role").textContent = safe(words(suggested)) || "none";
    at("accept").lastElementChild.textContent = `Accept ${words(suggested)}`;
    at("accept").setAttribute("aria-disabled", !suggested);
    at("keep").lastElementChild.textContent = `Keep ${words(stated) || "title"}`;
    at("keep").setAttribute("aria-disabled", !roles.includes(stated));
    at("undo").setAttribute("aria-disabled", log.length === 0);
    const decision = decided.get(row);
    at("decision").textContent = decision ? told(decision) : "none yet";
    for (const name of DECISIONS) {
      at(name).setAttribute("aria-pressed", decision?.decision === name);
    }
    showDetail(posting, detail(current));
  }

  function showDetail({ stated, suggested }, found) {
    const { matters = [], probabilities = [], against = [], rival = stated, text = "", parts = [] } = found ?? {};
    lines("matters", matters.map(matter), "Loading …");
    const kinds = { [stated]: "against", [suggested]: "for" };
    lines("probabilities", probabilities.map((value, outcome) => {
      const name = data.outcomes[outcome] ?? "";
      const line = make("li", words(name));
      line.append(make("span", percent(value), { className: "number" }), bar(value, kinds[name]));
      return line;
    }), "none");
    at("for-name").textContent = words(suggested) || "another role";
    at("against-name").textContent = safe(words(rival)) || "the stated role";
    const quotes = (phrases) => phrases.map((phrase) => make("li", phrase));
    lines("for", quotes(found?.for ?? []), "nothing");
    lines("against", quotes(against), "nothing");
    at("text").replaceChildren(...marked(text, parts));
  }

  function marked(text, parts) {
    let from = 0;
    return parts.map(([length, kind]) => {
      const part = text.slice(from, from += length);
      return kind ? make("mark", part, { className: data.kinds[kind - 1] }) : safe(part);
    });
  }

  function matter({ issue, measure, suggested, detail: sentence }) {
    const line = make("li");
    const also = suggested ? `, suggests ${words(suggested)}` : "";
    line.append(
      make("b", words(issue)),
      make("span", `${data.wording.measure} ${percent(measure)}${also}`, { className: "number" }),
      bar(measure, "doubt"),
      make("bdi", sentence, { className: "sentence" }),
    );
    return line;
  }

  function showAll() {
    showList();
    showPosting();
    showProgress();
    keep();
  }

  function select(index) {
    if (index === undefined) return;
    current = index;
    if (shown.includes(index)) listed = pageOf(index);
    showAll();
    const top = at("posting").getBoundingClientRect().top;
    if (top < 0 || top > innerHeight / 2) at("posting").scrollIntoView();
  }

  function step(by) {
    const place = shown.indexOf(current);
    select(place < 0 ? shown[0] : shown[place + by]);
  }

  // ---- decisions

  function nextUnseen() {
    const place = fitting.indexOf(current) + 1;
    return [...fitting.slice(place), ...fitting.slice(0, place)].find((index) => !isSeen(index));
  }

  function decide(decision, role) {
    const posting = postings[current];
    if (!posting) return;
    setLog([...log, [posting.row, decision, role]]);
    const next = nextUnseen();
    showUndecided();
    select(next ?? current);
    const end = next === undefined ? " All of this filter are decided or skipped." : "";
    say(`Row ${posting.row}: ${told({ decision, role })}.${end}`);
  }

  function accept() {
    const suggested = postings[current]?.suggested;
    if (suggested) decide("accept", suggested);
    else say("No role is suggested here.");
  }

  function keepTitle() {
    const stated = postings[current]?.stated;
    if (roles.includes(stated)) decide("keep", stated);
    else say("No single role is stated here.");
  }

  function undo() {
    if (log.length === 0) return say("There is nothing to undo.");
    const [row, decision, role] = log.at(-1);
    setLog(log.slice(0, -1));
    showUndecided();
    select(byRow.get(row));
    say(`Undone. Row ${row} was ${told({ decision, role })}.`);
  }

  function chooseRole(role) {
    if (role === undefined) return;
    at("roles").close();
    decide("other", role);
  }

  /** Decides for a role without a dialog: its key or its button. */
  function decideRole(role) {
    const posting = postings[current];
    if (role === undefined || !posting) return;
    const decision = { [posting.stated]: "keep", [posting.suggested]: "accept" }[role] ?? "other";
    decide(decision, role);
  }

  const roleKey = (index) => (index < 9 ? [make("kbd", `${index + 1}`), " "] : []);

  function fillDirect() {
    at("direct").replaceChildren(...roles.map((role, index) => {
      const button = make("button", "", { onclick: () => decideRole(role) });
      button.append(...roleKey(index), words(role));
      return button;
    }));
  }

  function fillChoices() {
    at("choices").replaceChildren(...roles.map((role, index) => {
      const button = make("button", "", { onclick: () => chooseRole(role) });
      button.append(...roleKey(index), words(role));
      return button;
    }));
  }

  // ---- on paper

  /** Puts every posting that fits the filters on paper, whole. */
  function showPaper() {
    at("paper").replaceChildren(...shown.map((index) => {
      const { row, id, title, company, stated, suggested, measure, issues } = postings[index];
      const { matters = [], text = "", parts = [] } = detail(index) ?? {};
      const decision = decided.get(row);
      const about = [company, `row ${row}`, id && `id ${id}`].filter(Boolean).join(" · ");
      const roles = [stated && `${data.wording.stated}: ${words(stated)}`,
        suggested && `${data.wording.suggested}: ${words(suggested)}`];
      const numbers = `${words(issues[0])}, ${data.wording.measure} ${percent(measure)}`;
      const facts = [...roles, numbers, `Decision: ${decision ? told(decision) : "none yet"}`];
      const whole = make("p", "", { className: "text", dir: "auto" });
      whole.append(...marked(text, parts));
      const article = make("article");
      article.append(
        make("h2", title || "(no title)", { dir: "auto" }),
        make("p", about),
        make("p", facts.filter(Boolean).join(" · ")),
        ...matters.map((found) => make("p", found.detail)),
        whole,
      );
      return article;
    }));
  }

  // ---- decisions as CSV

  // A spreadsheet takes a field that begins so for a formula.
  const defused = (field) => (/^[=+\-@\t\r]/.test(field) ? `'${field}` : field);
  const quoted = (field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

  function csv() {
    const rows = [...decided].sort(([a], [b]) => a - b).map(([row, { decision, role }]) => {
      const { id, title, text, stated } = postings[byRow.get(row)];
      const fields = [id, title, text, stated, decision, decision === "skip" ? "" : role];
      return [row, ...fields.map((field) => quoted(defused(field)))];
    });
    return [HEAD, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
  }

  function download() {
    const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    const name = `${data.file.replace(/\.[^.]*$/, "")}-decisions.csv`;
    make("a", "", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    say(`${decided.size} decisions downloaded.`);
  }

  async function load(file) {
    const found = decisionFiles.read(await file.arrayBuffer(), roles);
    if (!found) return say("That is not a file of decisions.");
    const { decisions, wrong } = found;
    const matched = decisionFiles.matched(decisions, postings);
    setLog([...log, ...matched.map(([{ row }, { decision, role }]) => [row, decision, role])]);
    applyFilters();
    const loaded = new Set(matched.map(([, decision]) => decision)).size;
    const lines = wrong.map(({ line }) => line).join(", ");
    say([
      `${loaded} of ${decisions.length + wrong.length} decisions loaded.`,
      loaded < decisions.length && "The others are on rows that this page lacks, or that have changed since.",
      lines && `Not understood: line ${lines}.`,
    ].filter(Boolean).join(" "));
  }

  // ---- keys and buttons

  const ACTIONS = {
    a: accept,
    k: keepTitle,
    o: () => postings[current] && at("roles").showModal(),
    s: () => decide("skip", ""),
    u: undo,
    n: () => step(1),
    p: () => step(-1),
    "/": () => at("search").focus(),
    "?": () => at("keys").showModal(),
  };
  const BUTTONS = { accept: "a", keep: "k", other: "o", skip: "s", undo: "u", next: "n", previous: "p", help: "?" };

  /** The key as it is called here: by its place where the keyboard has other letters, or digits behind a shift. */
  function keyOf({ key, code, shiftKey }) {
    if (/^Digit[1-9]$/.test(code) && !shiftKey) return code.slice(-1);
    const foreign = key.length === 1 && key > "~" && /^Key[A-Z]$/.test(code);
    return foreign ? code.slice(-1).toLowerCase() : key;
  }

  function onKey(event) {
    const { target } = event;
    const key = keyOf(event);
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    // A key that is held down walks, and never decides.
    if (event.repeat && !/^([np]|Arrow(Down|Up))$/i.test(key)) return;
    if (target.closest("input:not([type=checkbox]), select, textarea")) return;
    const held = event.ctrlKey || event.metaKey;
    let action = held ? { z: undo }[key] : useKeys && ACTIONS[key.toLowerCase()];
    if (!held && useKeys && /^[1-9]$/.test(key)) action = () => decideRole(roles[key - 1]);
    if (!held && at("list").contains(target)) {
      action = { ArrowDown: ACTIONS.n, ArrowUp: ACTIONS.p }[key] ?? action;
    }
    if (document.querySelector("dialog[open]")) {
      const choice = at("roles").open && !held && /^[1-9]$/.test(key);
      action = choice ? () => chooseRole(roles[key - 1]) : undefined;
    }
    if (!action) return;
    event.preventDefault();
    action();
  }

  function turn(by) {
    listed += by;
    showList();
    at("list").scrollTop = 0;
  }

  function listen() {
    document.addEventListener("keydown", onKey);
    for (const [id, key] of Object.entries(BUTTONS)) at(id).onclick = ACTIONS[key];
    at("list").onclick = (event) => {
      const button = event.target.closest("button");
      if (button) select(Number(button.dataset.index));
    };
    at("back").onclick = () => turn(-1);
    at("forth").onclick = () => turn(1);
    at("cancel").onclick = () => at("roles").close();
    at("close").onclick = () => at("keys").close();
    at("download").onclick = download;
    at("load").onclick = () => at("file").click();
    at("file").onchange = ({ target }) => {
      if (target.files[0]) load(target.files[0]);
      target.value = "";
    };
    at("use-keys").onchange = ({ target }) => {
      useKeys = target.checked;
      keep();
    };
    at("summary").ontoggle = keep;
    addEventListener("beforeprint", showPaper);
    addEventListener("afterprint", () => at("paper").replaceChildren());
    listenToFilters();
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== store || !newValue) return;
      takeLog(kept().log);
      applyFilters();
    });
    addEventListener("beforeunload", (event) => !stored && log.length && event.preventDefault());
  }

  function listenToFilters() {
    const changed = () => {
      readFilters();
      applyFilters();
      say(`${shown.length} postings fit.`);
    };
    let waiting;
    for (const name of [...CHOICES, "undecided"]) at(name).onchange = changed;
    at("search").oninput = () => {
      clearTimeout(waiting);
      waiting = setTimeout(changed, 150);
    };
    at("clear").onclick = () => {
      filters = {};
      showFilters();
      changed();
    };
  }

  function restore() {
    const before = kept();
    takeLog(before.log);
    filters = before.filters ?? {};
    useKeys = before.useKeys ?? true;
    current = byRow.get(before.row) ?? -1;
    at("use-keys").checked = useKeys;
    at("summary").open = before.summary ?? false;
    showFilters();
    readFilters();
    applyFilters();
  }

  fillFilters();
  fillChoices();
  fillDirect();
  restore();
  listen();
  document.addEventListener("DOMContentLoaded", () => {
    if (filters.search) applyFilters();
    else showPosting();
    readAhead();
  });
})();
