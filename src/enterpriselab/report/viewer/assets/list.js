// The list: filters, counts, and of thousands of rows only those in sight.

import { lastOnly } from "./api.js";
import { read, write } from "./address.js";
import { byId, clipped, count, dollars, duration, el, mark, plural, problem, spaced, tag, words } from "./dom.js";
import { clearFilters, filter, ORDERS, searchText, store, tallies, titleOf } from "./store.js";

const SPARE = 6; // rows drawn beyond each edge
const SEARCH_DELAY_MS = 200;
const rows = byId("rows"), spacer = byId("spacer"), text = byId("text");
const short = new Intl.NumberFormat("en-US", { notation: "compact" });
const latestSearch = lastOnly();
let height = 0, chosen = 0, drawn = new Map();

export const chosenRow = () => store.shown[chosen] ?? null;

/** Set up what listens; `open` is told the row that the reader wants to see. */
export function start(open) {
  rows.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(() => { measure(); draw(); }).observe(rows);
  rows.addEventListener("click", (event) => {
    const place = event.target.closest("[data-place]");
    if (!place) return;
    choose(Number(place.dataset.place));
    open(chosenRow());
  });
  let waiting = 0;
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => write({ text: text.value }), SEARCH_DELAY_MS);
  });
  byId("filters-open").addEventListener("click", (event) => {
    const shown = byId("filters").classList.toggle("open");
    event.currentTarget.setAttribute("aria-expanded", String(shown));
  });
}

/** Follow the address: search, filter, draw from the top unless the open attempt is in the list. */
export async function follow(address) {
  const wanted = address.get("text") ?? "";
  if (document.activeElement !== text) text.value = wanted;
  try {
    await latestSearch(searchText(wanted));
  } catch (error) {
    byId("count").replaceChildren(problem(error));
    return;
  }
  filter();
  redraw(address.get("id"));
}

/** Stand at an attempt, if it is in the list. */
export function select(id) {
  const place = store.shown.findIndex((row) => row.id === id);
  if (place >= 0 && place !== chosen) choose(place);
}

/** Draw everything anew; `id` is the open attempt. */
export function redraw(id = read().get("id")) {
  const place = id ? store.shown.findIndex((row) => row.id === id) : -1;
  chosen = place >= 0 ? place : Math.min(chosen, Math.max(0, store.shown.length - 1));
  facets();
  tally();
  measure();
  clear();
  spacer.style.height = `${store.shown.length * height}px`;
  bringIntoSight();
  draw();
}

export function move(by) {
  choose(Math.max(0, Math.min(store.shown.length - 1, chosen + by)));
  return chosenRow();
}

function choose(place) {
  chosen = place;
  bringIntoSight();
  clear();
  draw();
}

function measure() {
  height = Number.parseFloat(getComputedStyle(rows).getPropertyValue("--row")) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function bringIntoSight() {
  const top = chosen * height;
  if (top < rows.scrollTop) rows.scrollTop = top;
  else if (top + height > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + height - rows.clientHeight;
}

function clear() {
  drawn.forEach((element) => element.remove());
  drawn = new Map();
}

function draw() {
  const first = Math.max(0, Math.floor(rows.scrollTop / height) - SPARE);
  const last = Math.min(store.shown.length, Math.ceil((rows.scrollTop + rows.clientHeight) / height) + SPARE);
  for (const [place, element] of drawn) {
    if (place < first || place >= last) {
      element.remove();
      drawn.delete(place);
    }
  }
  for (let place = first; place < last; place++) {
    if (drawn.has(place)) continue;
    const element = rowView(store.shown[place], place);
    drawn.set(place, element);
    spacer.append(element);
  }
  if (store.shown.length) rows.setAttribute("aria-activedescendant", `row-${chosen}`);
  else rows.removeAttribute("aria-activedescendant");
}

function rowView(row, place) {
  const { task } = row;
  const facts = [task.domain, plural(row.calls, "call")];
  if (row.output_tokens) facts.push(`${short.format(row.input_tokens + row.output_tokens)} tokens`);
  if (row.seconds >= 1) facts.push(duration(row.seconds));
  if (row.price_usd) facts.push(dollars(row.price_usd));
  const kinds = row.faults.slice(0, 1).map((kind) => tag(words(kind), "bad"));
  if (row.faults.length > 1) kinds.push(tag(`+${row.faults.length - 1}`));
  if (row.ended !== "answered") kinds.unshift(tag(words(row.ended), "warn"));
  const element = el(
    "div",
    {
      class: "row", role: "option", id: `row-${place}`, "data-place": place, "aria-selected": String(place === chosen),
      "aria-setsize": store.shown.length, "aria-posinset": place + 1,
    },
    mark(row.outcome),
    el("p", { class: "title", dir: "auto" }, clipped(task.prompt || row.template || row.task_id, 300)),
    el("p", { class: "facts" }, spaced(el("b", {}, titleOf(row.label)), kinds, el("span", {}, facts.join(" \u00b7 ")))),
  );
  element.style.transform = `translateY(${place * height}px)`;
  return element;
}

function facets() {
  const place = byId("facets"), focused = document.activeElement?.dataset?.facet;
  const selects = tallies().map(({ facet, tally, chosen: value }) => {
    const values = [...tally].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]));
    if (value && !tally.has(value)) values.unshift([value, 0]);
    const label = (name) => (facet.name === "agent" ? titleOf(name) : words(name));
    const options = values.map(([name, number]) =>
      el("option", { value: name, selected: name === value }, `${label(name)} (${count(number)})`));
    return chooser(facet.name, facet.title, [el("option", { value: "" }, `${facet.title}: all`), ...options], Boolean(value));
  });
  const order = read().get("order") ?? "";
  const orders = Object.entries(ORDERS).map(([name, [title]]) => el("option", { value: name, selected: name === order }, title));
  place.replaceChildren(...selects, chooser("order", "Order", orders, Boolean(order)));
  if (focused) place.querySelector(`[data-facet="${focused}"]`)?.focus();
}

function chooser(name, title, options, set) {
  const changed = (event) => write({ [name]: event.target.value });
  return el("select", { "data-facet": name, "aria-label": title, class: set ? "set" : "", onchange: changed }, options);
}

function tally() {
  const judged = store.shown.filter((row) => row.outcome !== "error"), passed = judged.filter((row) => row.outcome === "passed");
  const share = judged.length ? `, ${((100 * passed.length) / judged.length).toFixed(1)} % passed` : "";
  const some = store.shown.length < store.rows.length;
  const whole = some ? `${count(store.shown.length)} of ${count(store.rows.length)} attempts` : plural(store.rows.length, "attempt");
  const all = some ? el("button", { type: "button", class: "plain", onclick: clearFilters }, "Show all") : null;
  const pending = store.faultsKnown ? null : el("span", { class: "fine" }, " Failures are being classed\u2026");
  byId("count").replaceChildren(whole, share, " ", ...[all, pending].filter(Boolean));
  const set = [...byId("facets").querySelectorAll("select.set")].length;
  byId("filters-open").textContent = set ? `Filters (${set})` : "Filters";
}

