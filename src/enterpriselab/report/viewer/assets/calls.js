// One call, its changed rows, the verdicts: pieces that a trace and a comparison share.

import { clipped, code, count, el, fold, mark, outcomeOf, plural, spaced, tag, words } from "./dom.js";

const LONG = 600; // characters from which an observation is folded
const PREVIEW = 100;
const MANY = 12; // changed rows from which the rest is folded

/** A call as the agent made it and saw it. `differing` names arguments to point at. */
export function callView(call, { differing = [] } = {}) {
  const marks = new Set(differing);
  return el(
    "div",
    { class: `call ${call.ok ? "" : "refused"}` },
    el(
      "p",
      { class: "tool" },
      spaced(
        mark(call.ok ? "passed" : "failed", call.ok ? "done" : "refused"),
        code(call.tool),
        call.app ? el("span", { class: "fine" }, call.app) : null,
        call.error_kind ? tag(words(call.error_kind), "bad") : null,
        call.offered ? null : tag("not on offer", "warn"),
      ),
    ),
    call.arguments.length
      ? el("dl", { class: "arguments" }, call.arguments.map(([name, value]) => argument(name, value, marks.has(name))))
      : el("p", { class: "fine" }, "no arguments"),
    observation(call),
    rowDiffs(call.changes),
  );
}

function argument(name, value, differs) {
  return el("div", { class: differs ? "differs" : "" }, el("dt", {}, name), el("dd", { dir: "auto" }, value));
}

function observation({ observation: text, ok }) {
  const open = !ok || text.length <= LONG;
  return el(
    "details",
    { class: "observation", open },
    el("summary", {}, "Observation ", el("code", { class: "preview" }, clipped(text.replace(/\s+/g, " "), PREVIEW))),
    el("pre", { tabindex: 0, dir: "auto", "aria-label": "Observation" }, text),
  );
}

/** Changed rows, the first ones unfolded. */
export function rowDiffs(rows, more = 0) {
  const parts = rows.slice(0, MANY).map(rowDiff);
  const rest = rows.slice(MANY);
  if (rest.length) parts.push(fold(`${plural(rest.length, "more changed row")}`, rest.map(rowDiff)));
  if (more) parts.push(el("p", { class: "fine" }, `${count(more)} more are not shown.`));
  return parts;
}

function rowDiff(row) {
  const line = ({ name, before, after }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      el(
        "td",
        {},
        before === null ? null : el("del", {}, before),
        before === null || after === null ? null : el("span", { class: "fine", "aria-label": "becomes" }, " \u2192 "),
        after === null ? null : el("ins", {}, after),
      ),
    );
  return el(
    "div",
    { class: `diff ${row.op}` },
    el("p", { class: "of" }, spaced(tag(row.op, row.op), code(row.table), el("span", { class: "fine" }, "key"), code(row.key))),
    el("table", {}, el("tbody", {}, row.columns.map(line))),
  );
}

/** Verdicts of the rules, each with the judges' opinions; `evidence`, when it is there, says of each what it saw. */
export function verdictsView({ trace, opinions }, evidence = []) {
  const { verdicts } = trace;
  if (!verdicts.length) return el("p", { class: "fine" }, "There are no verdicts: the attempt was not judged.");
  const items = verdicts.map((verdict, number) => verdictView(verdict, opinions[number], evidence[number]));
  const asked = opinions.some((some) => some.length);
  const note = "Opinions of a judge change no score: the rules alone decide.";
  return el("div", {}, el("ul", { class: "verdicts" }, items), asked ? el("p", { class: "fine opinions-note" }, note) : null);
}

/** What a judge said of the closing words, and whether the rules said otherwise. */
function opinionView({ judge, says, why, error, stale, differs }) {
  const outcome = outcomeOf(says);
  const said = says === null ? `failed: ${error}` : says ? "says yes" : "says no";
  return el(
    "div",
    { class: `opinion ${differs ? "differs" : ""}` },
    el(
      "p",
      {},
      spaced(
        mark(outcome, says === null ? "no opinion" : outcome),
        el("span", {}, `Judge ${judge} ${said}`),
        differs ? tag("rules and judge differ", "warn") : null,
        stale ? tag("the rules' verdict has changed since", "warn") : null,
      ),
    ),
    why ? el("p", { class: "fine why", dir: "auto" }, clipped(why, 600)) : null,
  );
}

function verdictView(verdict, opinions, seen) {
  const outcome = outcomeOf(verdict.passed);
  return el(
    "li",
    { class: outcome },
    el(
      "p",
      {},
      spaced(mark(outcome, verdict.passed === null ? "could not be judged" : outcome), el("span", {}, verdict.name), tag(words(verdict.category))),
    ),
    verdict.detail ? el("p", { class: "fine why" }, clipped(verdict.detail, 600)) : null,
    opinions.map(opinionView),
    seen ? evidenceView(seen, verdict.passed === true) : null,
  );
}

const ROLES = {
  "asked for": "The row that was asked for",
  nearest: "What changed instead, the nearest first",
  unexpected: "Rows that nobody asked for",
  allowed: "All rows that changed; each was asked for",
};

function evidenceView(seen, passed) {
  const parts = [];
  if (seen.kind === "row" && seen.role === "nearest") parts.push(wantedRow(seen.wanted));
  if (seen.rows.length) parts.push(el("p", { class: "fine" }, ROLES[seen.role]), rowDiffs(seen.rows, seen.more));
  else if (seen.role === "nearest") parts.push(el("p", { class: "fine" }, `No row of ${seen.wanted.table} changed.`));
  else if (seen.role) parts.push(el("p", { class: "fine" }, "No row changed."));
  if (seen.kind === "reason") parts.push(el("p", { class: "fine" }, `Wanted: ${words(seen.wanted.reason)}. Given:`));
  if (seen.said.length) parts.push(saidView(seen));
  if (seen.query) parts.push(queryView(seen));
  if (seen.note) parts.push(el("p", { class: "warn" }, seen.note));
  return parts.length ? el("details", { class: "evidence", open: !passed }, el("summary", {}, "What decided"), parts) : null;
}

function wantedRow({ op, table, key, values, count: number }) {
  const columns = Object.entries(values ?? {}).map(([name, value]) => ({ name, before: null, after: written(value) }));
  const title = `Asked for: ${plural(number, "such row")}`;
  return [el("p", { class: "fine" }, title), rowDiff({ op, table, key: (key ?? ["any"]).map(written).join(", "), columns })];
}

function saidView({ said, kind }) {
  const item = ([value, there]) =>
    el("li", {}, kind === "reason" ? null : mark(there ? "passed" : "failed", there ? "said" : "not said"), " ", code(written(value)));
  return el("ul", { class: "said-values" }, said.map(item));
}

function queryView({ query, wanted, result, note }) {
  const asked = el("p", { class: "fine" }, `Wanted: ${words(wanted.comparison ?? "equals")} `, code(written(wanted.expect)));
  return [el("pre", { tabindex: 0 }, query), "expect" in wanted ? asked : null, note ? null : resultView(result)];
}

export const written = (value) => (typeof value === "string" ? value : value === null ? "NULL" : JSON.stringify(value));

/** The rows of a query. */
export function resultView({ columns, rows, count: number }) {
  if (!number) return el("p", { class: "fine" }, "No rows.");
  const cell = (value) => el("td", { class: typeof value === "number" ? "num" : value === null ? "null" : "" }, written(value));
  const table = el(
    "table",
    { class: "result" },
    el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell)))),
  );
  const some = rows.length < number ? `The first ${count(rows.length)} of ${plural(number, "row")}.` : `${plural(number, "row")}.`;
  return [el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Result" }, table), el("p", { class: "fine" }, some)];
}
