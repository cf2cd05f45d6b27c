// What the detail shows while no attempt is open: the attempts that remain, agent by agent.

import { write } from "./address.js";
import { count, el, percent, words } from "./dom.js";
import { store, titleOf } from "./store.js";

const KINDS_SHOWN = 12;

export function overview() {
  const labels = store.run.labels.map(({ label }) => label).filter((label) => store.shown.some((row) => row.label === label));
  const of = (label) => store.shown.filter((row) => row.label === label);
  const notes = store.run.notes.map((note) => el("p", { class: "warn" }, note));
  return el(
    "article",
    { class: "overview" },
    el("h2", { id: "title", tabindex: -1 }, store.run.name),
    el("p", { class: "fine" }, store.run.path),
    notes,
    labels.length ? outcomes(labels, of) : el("p", { class: "missing" }, "No attempt is left by these filters."),
    labels.length ? failures(labels, of) : null,
    el("p", { class: "fine" }, "Choose an attempt in the list. ", el("kbd", {}, "?"), " shows the keys."),
  );
}

function outcomes(labels, of) {
  const line = (label) => {
    const rows = of(label), number = (outcome) => rows.filter((row) => row.outcome === outcome).length;
    const judged = rows.length - number("error");
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, chooser("agent", label, titleOf(label))),
      [rows.length, number("passed"), number("failed"), number("error")].map((value) => el("td", { class: "num" }, count(value))),
      el("td", { class: "num" }, judged ? percent(number("passed") / judged) : "\u2013"),
    );
  };
  return table(["Agent", "Attempts", "Passed", "Failed", "Not judged", "Success"], labels.map(line));
}

function failures(labels, of) {
  const tally = new Map();
  for (const row of store.shown) for (const kind of row.faults) tally.set(kind, (tally.get(kind) ?? 0) + 1);
  const kinds = [...tally].sort((one, other) => other[1] - one[1]).slice(0, KINDS_SHOWN).map(([kind]) => kind);
  if (!kinds.length) return null;
  const line = (kind) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, chooser("failure", kind, words(kind))),
      labels.map((label) => el("td", { class: "num" }, count(of(label).filter((row) => row.faults.includes(kind)).length))),
    );
  return [el("h3", {}, "What went wrong"), table(["Failure", ...labels.map(titleOf)], kinds.map(line))];
}

function chooser(name, value, text) {
  return el("button", { type: "button", class: "plain", onclick: () => write({ [name]: value }) }, text);
}

function table(heads, lines) {
  const head = heads.map((name, index) => el("th", { scope: "col", class: index ? "num" : "" }, name));
  const whole = el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, lines));
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heads[0] }, whole);
}
