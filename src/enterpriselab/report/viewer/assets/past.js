// The bar below an attempt: which call the reader stands at, and the database as of then.

import { ask, lastOnly } from "./api.js";
import { resultView, rowDiffs } from "./calls.js";
import { code, el, fold, plural, problem } from "./dom.js";
import { store } from "./store.js";

const PAUSE_MS = 120; // a slider that is being drawn asks only where it rests
const START = "SELECT name FROM sqlite_schema WHERE type = 'table'";
let query = START; // stays when another attempt is opened

/** The bar for an attempt. `moved(step)` is told where it stands, `toggled(open)` whether the database is shown. */
export function pastBar(view, { step, open, moved, toggled }) {
  const calls = view.trace.turns.flatMap((turn) => turn.calls);
  const latestState = lastOnly(), latestResult = lastOnly();
  let at = step, shown = false, asked = false, waiting = 0;

  const slider = el("input", { type: "range", id: "slider", min: 0, max: calls.length, step: 1, value: at, disabled: !calls.length, "aria-label": "Call", oninput: () => go(Number(slider.value)) });
  const where = el("output", { for: "slider", class: "where" });
  const button = el("button", { type: "button", id: "database", "aria-expanded": "false", "aria-controls": "panel", onclick: () => show(!shown) }, "Database");
  const state = el("div", { class: "state", "aria-live": "polite" });
  const result = el("div", { class: "answered", "aria-live": "polite" });
  const text = el("textarea", { id: "query", rows: 2, spellcheck: "false", "aria-label": "SQL: one SELECT", oninput: () => { query = text.value; } }, query);
  const tables = el("select", { id: "tables", "aria-label": "Tables", onchange: () => pick(tables.value) }, el("option", { value: "" }, "Tables\u2026"));
  const form = el(
    "form",
    { class: "sql", onsubmit: (event) => { event.preventDefault(); run(); } },
    text,
    el("p", {}, el("button", { type: "submit" }, "Run"), tables, el("span", { class: "fine keys" }, el("kbd", {}, "Ctrl"), " ", el("kbd", {}, "Enter"))),
  );
  const panel = el("div", { id: "panel", hidden: true }, state, form, result);
  const bar = el(
    "section",
    { class: "past", "aria-label": "Steps and database" },
    el("div", { class: "scrub" }, stepper("\u2039", "One call back", -1), slider, stepper("\u203a", "One call on", 1), where, view.task ? button : null),
    panel,
  );
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });

  function stepper(sign, label, by) {
    return el("button", { type: "button", class: "stepper", "aria-label": label, onclick: () => go(at + by) }, sign);
  }

  function label() {
    const name = at ? `After call ${at} of ${calls.length}` : calls.length ? "Before the first call" : "No calls";
    where.replaceChildren(name, at ? ": " : "", at ? code(calls[at - 1].tool) : "");
    slider.setAttribute("aria-valuetext", where.textContent);
  }

  function go(to, { quiet = false } = {}) {
    at = Math.max(0, Math.min(calls.length, to));
    slider.value = at;
    label();
    if (!quiet) moved(at);
    if (!shown) return;
    clearTimeout(waiting);
    waiting = setTimeout(refresh, PAUSE_MS);
  }

  function show(wanted) {
    if (!view.task) return;
    shown = wanted;
    panel.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
    toggled(shown);
    if (shown) { refresh(); listTables(); }
  }

  async function refresh() {
    if (asked) run();
    bar.setAttribute("aria-busy", "true");
    if (!state.childElementCount) state.append(el("p", { class: "fine" }, store.run.servers ? "The servers are being started\u2026" : "The calls are being replayed\u2026"));
    try {
      state.replaceChildren(...stateView(await latestState(ask("state", { id: view.id, step: at }))));
    } catch (error) {
      state.replaceChildren(problem(error));
    }
    bar.removeAttribute("aria-busy");
  }

  async function run() {
    asked = true;
    try {
      result.replaceChildren(...[resultView(await latestResult(ask("sql", { id: view.id, step: at, query: text.value })))].flat());
    } catch (error) {
      result.replaceChildren(problem(error));
    }
  }

  async function listTables() {
    if (tables.options.length > 1) return;
    try {
      const found = await ask("tables", { id: view.id });
      tables.append(...found.tables.map(({ name, columns }) => el("option", { value: name, title: columns.join(", ") }, name)));
    } catch {
      tables.hidden = true; // the state says why
    }
  }

  function pick(name) {
    if (!name) return;
    text.value = query = `SELECT * FROM "${name.replaceAll('"', '""')}" LIMIT 50`;
    tables.value = "";
    run();
  }

  label();
  if (open) show(true);
  return { bar, go, at: () => at, isOpen: () => shown, toggle: () => show(!shown) };
}

function stateView({ hash, recorded, mismatches, rows, changed }) {
  const same = recorded === null ? null : recorded === hash
    ? el("span", { class: "good" }, "as recorded")
    : el("span", { class: "bad" }, "not the recorded one, ", code(recorded));
  return [
    el("p", { class: "fine" }, "State ", code(hash), " ", same),
    ...mismatches.map(({ call, detail }) => el("p", { class: "warn" }, `Call ${call + 1} went another way than recorded: ${detail}.`)),
    changed ? fold(`${plural(changed, "row")} changed since the start`, rowDiffs(rows, changed - rows.length)) : el("p", { class: "fine" }, "Nothing has changed since the start."),
  ];
}
