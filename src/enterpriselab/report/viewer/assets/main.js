// The page: follows the address, listens to the keys.

import { ask, lastOnly } from "./api.js";
import { onChange, read, write } from "./address.js";
import { compareView } from "./compare.js";
import { byId, problem } from "./dom.js";
import * as list from "./list.js";
import { overview } from "./overview.js";
import { pastBar } from "./past.js";
import { load, loadFaults, store } from "./store.js";
import { traceView } from "./trace.js";

const detail = byId("detail"), help = byId("help"), said = byId("said");
const latest = lastOnly();
let opened = "", past = null, faults = [], others = [], listed = "";

function openRow(row) {
  if (row) write({ id: row.id, with: null, step: null }, { keep: true });
}

/** Show what the address says: the list's filters first, then an attempt, a pair or the overview. */
async function follow(address) {
  const filters = new URLSearchParams(address);
  for (const name of ["id", "with", "step", "db"]) filters.delete(name);
  if (String(filters) !== listed || !address.get("id")) {
    listed = String(filters);
    await list.follow(address);
  } else {
    list.select(address.get("id"));
  }
  const id = address.get("id"), other = address.get("with"), key = [id, other].join(" ");
  document.body.dataset.view = id ? "detail" : "list";
  if (!id) {
    opened = "";
    past = null;
    detail.replaceChildren(overview());
    document.title = `${store.run.name} | EnterpriseLab`;
  } else if (key !== opened) {
    await show(id, other, key);
  } else if (past && stepOf(address) !== past.at()) {
    past.go(stepOf(address), { quiet: true });
    mark(past.at(), true);
  }
}

const calls = () => detail.querySelectorAll("[data-call].step").length;
const stepOf = (address) => (address.has("step") ? Number.parseInt(address.get("step"), 10) || 0 : calls());

async function show(id, other, key) {
  detail.setAttribute("aria-busy", "true");
  try {
    const answer = await latest(other ? ask("compare", { left: id, right: other }) : ask("trace", { id }));
    opened = key;
    if (other) showPair(answer);
    else showTrace(answer);
    document.title = `${id} | ${store.run.name} | EnterpriseLab`;
  } catch (error) {
    opened = key;
    past = null;
    detail.replaceChildren(problem(error));
  }
  detail.removeAttribute("aria-busy");
}

function showTrace(view) {
  faults = [...new Set(view.faults.map((fault) => fault.call))];
  others = view.others;
  const goTo = (step, focus) => { past.go(step); mark(step, focus); };
  const article = traceView(view, goTo);
  detail.replaceChildren(article);
  const address = read();
  past = pastBar(view, {
    step: stepOf(address),
    open: address.has("db"),
    moved: (step) => { write({ step: step === view.trace.calls ? null : step }); mark(step, true); },
    toggled: (open) => write({ db: open ? "1" : null }),
  });
  detail.append(past.bar);
  detail.scrollTop = 0;
  byId("title").focus({ preventScroll: true });
  mark(past.at(), address.has("step"));
}

function showPair(pair) {
  past = null;
  detail.replaceChildren(compareView(pair));
  detail.scrollTop = 0;
  byId("title").focus({ preventScroll: true });
  said.textContent = byId("parting").textContent;
}

/** Point at the last call that was made, dim those still to come. */
function mark(step, bring) {
  const steps = detail.querySelectorAll("[data-call].step");
  let current = null;
  for (const element of steps) {
    const call = Number(element.dataset.call), now = call === step - 1;
    element.classList.toggle("to-come", call >= step);
    element.classList.toggle("current", now && step < steps.length);
    if (now) current = element;
  }
  if (bring) (current ?? detail.querySelector(".turns"))?.scrollIntoView({ block: "center" });
}

function stepBy(by) {
  if (past) past.go(past.at() + by);
}

function nextFault() {
  if (!past || !faults.length) return;
  const next = faults.find((call) => call + 1 > past.at() && call < calls()) ?? faults[0];
  past.go(Math.min(next + 1, calls()));
}

function nextOther() {
  if (!others.length || !opened) return;
  const at = others.indexOf(read().get("with"));
  write({ with: others[(at + 1) % others.length] }, { keep: true });
}

/** From the database to the attempt, from a pair to one attempt, from an attempt to the list. */
function back() {
  const address = read();
  if (past?.isOpen()) past.toggle();
  else if (address.has("with")) write({ with: null }, { keep: true });
  else write({ id: null, step: null, db: null }, { keep: true });
  if (!read().has("id")) byId("rows").focus();
}

const KEYS = {
  j: () => moveBy(1),
  k: () => moveBy(-1),
  Enter: () => openRow(list.chosenRow()),
  Escape: back,
  "/": () => { if (innerWidth < 900 && read().has("id")) back(); byId("text").focus(); byId("text").select(); },
  "[": () => stepBy(-1),
  "]": () => stepBy(1),
  "{": () => stepBy(-Infinity),
  "}": () => stepBy(Infinity),
  d: () => past?.toggle(),
  f: nextFault,
  c: nextOther,
  "?": () => help.showModal(),
};
const OWN_KEYS = { rows: { ArrowDown: () => moveBy(1), ArrowUp: () => moveBy(-1), PageDown: () => moveBy(10), PageUp: () => moveBy(-10), Home: () => moveBy(-Infinity), End: () => moveBy(Infinity) } };

/** In the list it chooses; while an attempt is open it opens the next one. */
function moveBy(by) {
  const row = list.move(by);
  if (read().has("id")) openRow(row);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const typing = event.target.closest("input:not([type=range]), textarea, select");
  if (typing) {
    if (event.key === "Escape") typing.blur();
    else if (event.key === "Enter" && typing === byId("text")) { byId("rows").focus(); }
    return;
  }
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  const act = OWN_KEYS[event.target.id]?.[event.key] ?? KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

byId("help-open").addEventListener("click", () => help.showModal());
byId("skip").addEventListener("click", (event) => { event.preventDefault(); (byId("title") ?? detail).focus(); });
list.start(openRow);

try {
  await load();
  byId("run").textContent = store.run.name;
  onChange(follow);
  await follow(read());
  document.body.dataset.ready = "list";
  byId("rows").focus({ preventScroll: true });
  await loadFaults(() => { list.redraw(); if (!read().has("id")) detail.replaceChildren(overview()); });
  document.body.dataset.ready = "all";
} catch (error) {
  detail.replaceChildren(problem(error));
  document.body.dataset.view = "detail";
  document.body.dataset.ready = "failed";
}

