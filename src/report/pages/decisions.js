"use strict";
/** Files of decisions: reading what spreadsheets save, and finding the posting of each decision as `rolecall review` does. */
const decisionFiles = (() => {
  const DECISIONS = ["accept", "keep", "other", "skip"];

  /** The text of a file in UTF-8 or UTF-16 with its mark, or else in the encoding of Windows. */
  function decoded(bytes) {
    const [first, second] = new Uint8Array(bytes);
    if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  }

  /** The delimiter of a table: the one that its first line has most often. */
  function delimiterOf(text) {
    const line = text.match(/^[^\r\n]*/)[0];
    const count = (delimiter) => line.split(delimiter).length;
    return [";", "\t"].reduce((most, next) => (count(next) > count(most) ? next : most), ",");
  }

  /** The records of a table, each with its line, from 1; blank ones are left out. */
  function records(text) {
    const delimiter = text.match(/^sep=(.)\r?\n/)?.[1] ?? delimiterOf(text);
    const field = new RegExp(`("((?:[^"]|"")*)"|([^\\${delimiter}\r\n]*))(\\${delimiter}|\r\n|\n|\r|$)`, "g");
    const found = [];
    let line = 1;
    let record = { line, fields: [] };
    for (const [whole, , inner, plain, end] of text.matchAll(field)) {
      record.fields.push((inner?.replaceAll('""', '"') ?? plain).trim());
      line += whole.split(/\r\n|\n|\r/).length - 1;
      if (end === delimiter) continue;
      found.push(record);
      record = { line, fields: [] };
    }
    return found.filter(({ fields }) => fields.some(Boolean) && !/^sep=.?$/.test(fields[0]));
  }

  /** What counts of a field, whatever a spreadsheet made of it: letters and digits, with + and # after them. */
  const counted = (text) =>
    text.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}+#]/gu, "").replace(/^[+#]+/, "");

  /** An id without white space and the apostrophe that defuses formulas. */
  const keyOfId = (id) => id.trim().replace(/^'/, "");

  /** The decisions of a file, and the lines that are none; nothing if it is no file of decisions. */
  function read(bytes, roles) {
    const [head, ...rows] = records(decoded(bytes).replace(/^\ufeff/, ""));
    const names = head?.fields.map((name) => name.toLowerCase()) ?? [];
    const has = (name) => names.includes(name);
    if (!has("decision") || !["row", "id", "text"].some(has)) return null;
    const role = (text) => roles.find((name) => counted(name) === counted(text));
    const lines = rows.map(({ line, fields }) => {
      const field = (name) => fields[names.indexOf(name)] ?? "";
      const decision = field("decision").toLowerCase();
      const known = DECISIONS.includes(decision);
      return {
        line,
        row: /^\d+$/.test(field("row")) ? Number(field("row")) : null,
        id: keyOfId(field("id")),
        title: has("title") ? counted(field("title")) : null,
        text: field("text").toLowerCase(),
        decision: known ? decision : null,
        role: decision === "skip" ? "" : role(field("role")),
      };
    });
    const understood = ({ decision, role }) => decision !== null && role !== undefined;
    return { decisions: distinct(lines.filter(understood)), wrong: lines.filter((line) => !understood(line)) };
  }

  /** Of several decisions on a row the first counts, unless it was to skip the row. */
  function distinct(decisions) {
    const byRow = new Map();
    for (const decision of decisions) {
      const { row, id, title, text } = decision;
      const key = JSON.stringify(id ? [id, title, text] : [row ?? text]);
      const first = byRow.get(key);
      if (!first || (first.decision === "skip" && decision.decision !== "skip")) byRow.set(key, decision);
    }
    return [...byRow.values()];
  }

  const fitsId = (decision, id) => !decision.id || !id || decision.id === id;
  const fitsTitle = (decision, title) => decision.title === null || decision.title === title;
  const fitsText = (decision, text) => !decision.text || decision.text === text;

  function grouped(decisions, key) {
    const groups = new Map();
    for (const decision of decisions) {
      const of = key(decision);
      if (groups.has(of)) groups.get(of).push(decision);
      else groups.set(of, [decision]);
    }
    return (value) => (value ? groups.get(value) ?? [] : []);
  }

  /** The decision on the row with this number, or else any of several that agree. */
  function agreed(found, row) {
    const agree = found.every(({ role }) => role === found[0].role);
    return found.find((decision) => decision.row === row) ?? (agree ? found[0] : undefined);
  }

  /**
   * The decision on each posting, as [posting, decision]: that on its id, or else on a posting of the same title and
   * text, or else on its number.
   */
  function matched(decisions, postings) {
    const onId = grouped(decisions, ({ id }) => id);
    const onText = grouped(decisions, ({ text }) => text);
    const onRow = grouped(decisions, ({ row }) => row);
    const applied = new Set();
    return postings.flatMap((posting) => {
      const { row, text } = posting;
      const [id, title] = [keyOfId(posting.id), counted(posting.title)];
      // Without the hash of a text, the decision on an id is applied once.
      const open = (decision) => decision.text || !applied.has(decision) || decision.row === row;
      const fits = (decision) => fitsTitle(decision, title) && fitsText(decision, text);
      const ofId = agreed(onId(id).filter((decision) => open(decision) && fits(decision)), row);
      const ofText = ofId ?? agreed(onText(text).filter((decision) => fitsTitle(decision, title)), row);
      const found = ofText ?? onRow(row).find((decision) => fitsId(decision, id) && fits(decision));
      if (!found) return [];
      applied.add(found);
      return [[posting, found]];
    });
  }

  return { read, matched };
})();

