// One attempt: what was asked, each turn with its calls, the answer, what went wrong, the verdicts.

import { ask } from "./api.js";
import { addressOf, write } from "./address.js";
import { callView, verdictsView, written } from "./calls.js";
import { code, count, dollars, duration, el, fold, mark, plural, problem, spaced, tag, words } from "./dom.js";
import { store, titleOf } from "./store.js";

const MANY = 8; // faults from which the rest is folded

/** The page of an attempt. `goTo(step)` moves to the state after that many calls. */
export function traceView(view, goTo) {
  return el(
    "article",
    { class: "trace", "data-id": view.id },
    headView(view),
    taskView(view),
    view.faults.length ? faultsView(view, goTo) : null,
    el("h3", {}, "Steps"),
    stepsView(view),
    answerView(view),
    el("h3", { id: "verdicts-title" }, "Verdicts"),
    verdictPart(view),
    rewardsView(view.trace.rewards),
  );
}

export function factsOf({ usage, seconds, seed, ended, calls, version, world, malformed_turns: malformed }) {
  return [
    `ended: ${words(ended)}`,
    plural(calls, "call"),
    malformed ? `${plural(malformed, "unreadable turn")}` : null,
    usage.output_tokens ? `${count(usage.input_tokens)} tokens read, ${count(usage.output_tokens)} written` : null,
    usage.cached_tokens ? `${count(usage.cached_tokens)} of them cached` : null,
    usage.retries ? `${count(usage.retries)} retries` : null,
    duration(seconds),
    usage.price_usd ? dollars(usage.price_usd) : null,
    `seed ${seed}`,
    world ? `world ${world}` : null,
    version ? `version ${version}` : null,
  ].filter(Boolean).join(" \u00b7 ");
}

function headView(view) {
  const { trace, task } = view;
  return el(
    "header",
    { class: "head" },
    el("p", { class: "fine crumbs" }, el("a", { href: addressOf({}), class: "back" }, "\u2190 List"), " ", code(view.id)),
    el("h2", { id: "title", tabindex: -1 }, mark(view.outcome), " ", trace.template),
    el("p", { class: "chips" }, spaced(el("b", {}, view.title), tag(trace.agent), tag(trace.model), task?.feasible === false && tag("infeasible task", "warn"))),
    el("p", { class: "fine" }, factsOf(trace)),
    trace.error ? el("p", { class: "warn" }, trace.error) : null,
    othersView(view),
  );
}

function othersView(view) {
  const others = view.others.map((id) => store.byId.get(id)).filter(Boolean);
  if (!others.length) return null;
  const label = (row) => `${titleOf(row.label)}, attempt ${row.attempt}: ${row.outcome}, ${plural(row.calls, "call")}`;
  return el(
    "label",
    { class: "others" },
    el("span", { class: "fine" }, "Compare with "),
    el(
      "select",
      { id: "compare", onchange: (event) => event.target.value && write({ with: event.target.value }, { keep: true }) },
      el("option", { value: "" }, `${plural(others.length, "other attempt")} at this task`),
      others.map((row) => el("option", { value: row.id }, label(row))),
    ),
  );
}

function faultsView(view, goTo) {
  const calls = view.trace.calls;
  const item = ({ kind, call, detail }) => {
    const place = call < calls ? `call ${call + 1}` : "the end";
    return el("li", {}, tag(words(kind), "bad"), " ", detail, " ", el("button", { type: "button", class: "plain", onclick: () => goTo(Math.min(call + 1, calls), true) }, place));
  };
  const others = view.faults.slice(MANY);
  const rest = others.length ? fold(`${count(others.length)} more`, el("ul", {}, others.map(item))) : null;
  return el("section", { class: "faults", "aria-labelledby": "faults-title" }, el("h3", { id: "faults-title" }, "What went wrong"), el("ul", {}, view.faults.slice(0, MANY).map(item)), rest);
}

function taskView({ task, trace }) {
  const { opening } = trace;
  const parts = [el("blockquote", { class: "prompt", dir: "auto" }, task?.prompt ?? opening.user)];
  if (task) {
    parts.push(el("p", { class: "fine" }, "As ", code(task.principal), " in ", code(task.world), ", task ", code(task.id)));
    if (task.policy) parts.push(fold("Policy", el("pre", { tabindex: 0, dir: "auto" }, task.policy)));
    parts.push(fold("The task's own solution and checks", solutionView(task)));
  } else {
    parts.push(el("p", { class: "warn" }, "The run does not hold this task: its state cannot be made again."));
  }
  if (opening.system) parts.push(fold("What the agent was told", el("pre", { tabindex: 0, dir: "auto" }, opening.system), toldView(task, opening)));
  const tools = trace.tools.map(({ name, app, calls }) =>
    el("li", { class: calls ? "used" : "" }, code(name), el("span", { class: "fine" }, ` ${app}${calls ? `, ${plural(calls, "call")}` : ""}`)));
  parts.push(fold(`${plural(trace.tools.length, "tool")} on offer`, el("ul", { class: "tools" }, tools)));
  if (trace.examples.length) parts.push(el("p", { class: "fine" }, `${plural(trace.examples.length, "demonstration")} shown before: ${trace.examples.join(", ")}`));
  return el("section", { "aria-label": "Task" }, parts);
}

/** The opening words, where they are not just the prompt. */
function toldView(task, { user }) {
  return task && user.trim() !== task.prompt.trim() ? el("pre", { tabindex: 0, dir: "auto" }, user) : null;
}

function solutionView(task) {
  const step = ({ tool, arguments: given }) => el("li", {}, code(tool), " ", el("code", { class: "fine" }, written(given)));
  const check = ({ name, category, kind, params }) =>
    el("li", {}, name, " ", tag(words(category)), fold(kind.replaceAll("_", " "), el("pre", { tabindex: 0 }, JSON.stringify(params, null, 1))));
  return [
    task.plan.length ? el("ul", {}, task.plan.map((line) => el("li", {}, line))) : null,
    task.reference.length ? el("ol", { class: "reference" }, task.reference.map(step)) : el("p", { class: "fine" }, "No calls."),
    task.answer ? el("p", {}, el("span", { class: "fine" }, "Answer: "), task.answer) : null,
    el("ul", { class: "checks" }, task.verifiers.map(check)),
  ];
}

function stepsView({ trace, faults }) {
  const wrong = new Set(faults.map((fault) => fault.call));
  const turns = trace.turns.filter((turn) => !turn.final || turn.thinking);
  if (!turns.length) return el("p", { class: "missing" }, "No call was made.");
  let first = true;
  const parts = [];
  for (const turn of turns) {
    if (turn.opening && !(first && turn.opening.name === "act")) parts.push(phaseView(turn.opening));
    first = false;
    parts.push(turnView(turn, wrong));
  }
  return el("ol", { class: "turns" }, parts);
}

function phaseView({ name, title, user }) {
  return el("li", { class: "phase" }, el("p", {}, tag(words(name)), " ", title), user ? fold("Asked", el("pre", { tabindex: 0, dir: "auto" }, user)) : null);
}

function turnView(turn, wrong) {
  const { use } = turn;
  const took = use && use.output_tokens ? `${count(use.input_tokens)} tokens read, ${count(use.output_tokens)} written, ${duration(use.seconds)}${use.price_usd ? `, ${dollars(use.price_usd)}` : ""}` : null;
  return el(
    "li",
    { class: "turn" },
    turn.thinking ? fold("Thinking", el("pre", { tabindex: 0, dir: "auto" }, turn.thinking)) : null,
    turn.said ? el("p", { class: "said", dir: "auto" }, turn.said) : null,
    turn.unreadable ? el("p", { class: "warn" }, "No call could be read from this turn.", turn.reply ? fold("It was told", el("pre", { tabindex: 0 }, turn.reply)) : null) : null,
    turn.calls.map((call) =>
      el(
        "section",
        { class: `step ${wrong.has(call.index) ? "wrong" : ""}`, "data-call": call.index, tabindex: -1, "aria-label": `Call ${call.index + 1}: ${call.tool}` },
        el("span", { class: "index", "aria-hidden": "true" }, call.index + 1),
        callView(call),
      )),
    took ? el("p", { class: "fine took" }, took) : null,
  );
}

export function answerView({ trace }) {
  const text = trace.answer
    ? el("p", { class: "answer", dir: "auto" }, trace.answer)
    : el("p", { class: "missing" }, "The attempt ended without an answer.");
  return el("section", { class: "final", "aria-label": "Answer" }, el("h3", {}, "Answer"), text);
}

/** The verdicts at once; what decided them when the end was made again. Servers of others start only when asked to. */
function verdictPart(view) {
  const place = el("div", { class: "judged", "aria-live": "polite" }, verdictsView(view));
  if (!view.task || !view.trace.verdicts.length) return place;
  const prove = async () => {
    place.setAttribute("aria-busy", "true");
    try {
      const { proven, mismatches, evidence } = await ask("evidence", { id: view.id });
      place.replaceChildren(verdictsView(view, evidence), provenView(proven, mismatches));
    } catch (error) {
      place.append(problem(error));
    }
    place.removeAttribute("aria-busy");
  };
  if (store.run.servers) place.append(el("button", { type: "button", onclick: prove }, "Start the servers and show what decided"));
  else prove();
  return place;
}

function provenView(proven, mismatches) {
  if (proven) return el("p", { class: "fine proven" }, "Replaying the calls led to the state that was recorded.");
  const first = mismatches[0];
  const where = first ? `Call ${first.call + 1}, ${first.detail}.` : "Every call went as before.";
  return el("p", { class: "warn" }, `Replaying the calls led to another state than the one that was recorded, so nothing is shown of it. ${where}`);
}

function rewardsView(rewards) {
  const names = Object.entries(rewards);
  return names.length ? el("p", { class: "fine" }, `Rewards: ${names.map(([name, value]) => `${name} ${value.toFixed(2)}`).join(", ")}`) : null;
}
