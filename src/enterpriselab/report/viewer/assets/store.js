// All attempts of the run, what is asked of them, and which remain.

import { ask } from "./api.js";
import { read, write } from "./address.js";

export const FACETS = [
  { name: "outcome", title: "Outcome", of: (row) => [row.outcome] },
  { name: "agent", title: "Agent", of: (row) => [row.label] },
  { name: "domain", title: "Domain", of: (row) => [row.task.domain] },
  { name: "app", title: "App", of: (row) => row.task.apps },
  { name: "failure", title: "Failure", of: (row) => row.faults },
  { name: "ended", title: "Ended", of: (row) => [row.ended] },
  { name: "model", title: "Model", of: (row) => [row.model] },
  { name: "template", title: "Template", of: (row) => [row.task.template] },
  { name: "feasible", title: "Task", of: (row) => [row.task.feasible ? "feasible" : "infeasible"] },
];
export const ORDERS = {
  "": ["As stored", null],
  calls: ["Most calls", (row) => row.calls],
  changes: ["Most changed rows", (row) => row.changes],
  refused: ["Most refused calls", (row) => row.refused_calls],
  tokens: ["Most tokens", (row) => row.input_tokens + row.output_tokens],
  seconds: ["Longest", (row) => row.seconds],
  price: ["Most expensive", (row) => row.price_usd ?? -1],
};

const worth = new Map(); // facet -> whether the whole run has several values of it

export const store = { run: null, rows: [], byId: new Map(), shown: [], found: null, faultsKnown: false };

/** Read the list; the kinds of faults follow, agent by agent, because they take longer. */
export async function load() {
  const run = await ask("run");
  const names = Object.keys(run.rows);
  store.run = run;
  store.rows = run.rows.id.map((_, index) => {
    const row = { faults: [] };
    for (const name of names) row[name] = run.rows[name][index];
    row.task = run.tasks[row.task_id];
    return row;
  });
  store.byId = new Map(store.rows.map((row) => [row.id, row]));
  weigh();
  filter();
}

export async function loadFaults(told) {
  for (const { label } of store.run.labels) {
    const { faults } = await ask("faults", { label });
    for (const [id, kinds] of Object.entries(faults)) {
      const row = store.byId.get(id);
      if (row) row.faults = kinds;
    }
    weigh();
    filter();
    told();
  }
  store.faultsKnown = true;
  told();
}

function weigh() {
  for (const { name, of } of FACETS) worth.set(name, new Set(store.rows.flatMap(of)).size > 1);
}

/** Take over what the text search found; null: nothing is searched. */
export async function searchText(text) {
  store.found = text.trim() ? new Set((await ask("search", { text })).ids) : null;
}

/** Which rows remain, in order. */
export function filter() {
  const address = read();
  const asked = FACETS.filter(({ name }) => address.has(name)).map(({ name, of }) => ({ of, value: address.get(name) }));
  const rank = (ORDERS[address.get("order") ?? ""] ?? ORDERS[""])[1];
  store.shown = store.rows.filter((row) => fits(row, asked));
  if (rank) store.shown.sort((one, other) => rank(other) - rank(one));
}

/** Facet -> value -> how many rows it would leave, the other facets being as they are. */
export function tallies() {
  const address = read();
  return FACETS.filter((facet) => worth.get(facet.name) || address.has(facet.name)).map((facet) => {
    const others = FACETS.filter(({ name }) => name !== facet.name && address.has(name));
    const asked = others.map(({ name, of }) => ({ of, value: address.get(name) }));
    const tally = new Map();
    for (const row of store.rows) {
      if (!fits(row, asked)) continue;
      for (const value of facet.of(row)) tally.set(value, (tally.get(value) ?? 0) + 1);
    }
    return { facet, tally, chosen: address.get(facet.name) ?? "" };
  });
}

export const titleOf = (label) => store.run.labels.find((one) => one.label === label)?.title ?? label;

export function clearFilters() {
  write(Object.fromEntries([...FACETS.map(({ name }) => [name, null]), ["text", null], ["order", null]]));
}

function fits(row, asked) {
  if (store.found && !store.found.has(row.id)) return false;
  return asked.every(({ of, value }) => of(row).includes(value));
}
