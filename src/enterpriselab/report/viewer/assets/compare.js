// Two attempts at a task side by side: what they did alike, where they part, what each did then.

import { addressOf } from "./address.js";
import { callView, verdictsView } from "./calls.js";
import { code, el, fold, mark, plural, words } from "./dom.js";
import { factsOf } from "./trace.js";

export function compareView({ left, right, divergence }) {
  const sides = [left, right], calls = sides.map((side) => side.trace.turns.flatMap((turn) => turn.calls));
  const alike = divergence ? divergence.call : calls[0].length;
  return el(
    "article",
    { class: "comparison" },
    el("p", { class: "fine crumbs" }, el("a", { href: addressOf({}), class: "back" }, "\u2190 List"), " ", el("a", { href: addressOf({ id: left.id }) }, "\u2190 First attempt")),
    el("h2", { id: "title", tabindex: -1 }, left.trace.template),
    el("blockquote", { class: "prompt", dir: "auto" }, left.task?.prompt ?? ""),
    el("p", { class: "parting", id: "parting" }, sentence(divergence, left, right, calls)),
    el("div", { class: "pair heads" }, sides.map(headView)),
    alike ? fold(`${plural(alike, "call")} alike`, calls[0].slice(0, alike).map((call) => el("div", { class: "step" }, el("span", { class: "index" }, call.index + 1), callView(call)))) : null,
    rest(calls, divergence),
    el("h3", {}, "Answers"),
    el("div", { class: `pair ${divergence?.kind === "answer" ? "parts" : ""}` }, sides.map(({ trace }) => el("p", { class: trace.answer ? "answer" : "missing", dir: "auto" }, trace.answer || "No answer."))),
    el("h3", {}, "Verdicts"),
    el("div", { class: "pair" }, sides.map((side) => verdictsView(side))),
  );
}

function sentence(divergence, left, right, calls) {
  if (!divergence) return "Both made the same calls, saw the same and answered the same.";
  const at = `Call ${divergence.call + 1}`, shorter = calls[0].length < calls[1].length ? left : right;
  const names = divergence.names.map((name, index) => [index ? ", " : "", code(name)]).flat();
  return {
    tool: [`${at} is where they part: another tool.`],
    arguments: [`${at} is where they part: the same tool with another `, ...names, "."],
    result: [`${at} is where they part: the same call came back otherwise.`],
    end: [divergence.call ? `They part after ${plural(divergence.call, "call")}: ` : "They part at the start: ", el("b", {}, shorter.title), ` ended there (${words(shorter.trace.ended)}).`],
    answer: ["Both made the same calls and saw the same; the answers differ."],
  }[divergence.kind];
}

function headView({ id, title, outcome, trace }) {
  return el(
    "header",
    {},
    el("h3", {}, mark(outcome), " ", el("a", { href: addressOf({ id }) }, title)),
    el("p", { class: "fine" }, trace.model, " \u00b7 ", factsOf(trace)),
  );
}

/** The calls from the parting on, in pairs. */
function rest(calls, divergence) {
  if (!divergence || divergence.kind === "answer") return null;
  const pairs = [], last = Math.max(...calls.map((side) => side.length));
  for (let place = divergence.call; place < last; place++) {
    const parts = place === divergence.call;
    const cells = calls.map((side) => cellView(side[place], parts ? divergence.names : []));
    pairs.push(el("div", { class: `pair ${parts ? "parts" : "after"}`, "data-call": place, tabindex: -1 }, cells));
  }
  return pairs;
}

function cellView(call, differing) {
  if (!call) return el("div", { class: "step none" }, el("p", { class: "missing" }, "No call."));
  return el("div", { class: "step" }, el("span", { class: "index" }, call.index + 1), callView(call, { differing }));
}
