// Elements from data. A text becomes a text node, never markup; the names of attributes are written here, not in data.

export const byId = (id) => document.getElementById(id);

/** An element: attributes by name, functions as listeners, true as a bare attribute; null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Parts with a space between them, which is heard and copied where a margin is not. */
export const spaced = (...parts) => parts.flat(Infinity).filter(Boolean).flatMap((part, index) => (index ? [" ", part] : [part]));

const number = new Intl.NumberFormat("en-US");
const OUTCOMES = { passed: ["\u2713", "good"], failed: ["\u2717", "bad"], error: ["!", "unknown"] };

export const count = (value) => number.format(value);
export const plural = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
export const words = (name) => name.replaceAll("_", " ");
export const clipped = (text, limit) => (text.length > limit ? `${text.slice(0, limit)}\u2026` : text);
export const outcomeOf = (passed) => (passed === null ? "error" : passed ? "passed" : "failed");

export function duration(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, "0")} s`;
}

export function dollars(value) {
  return value >= 1 ? `$${value.toFixed(2)}` : `$${Number(value.toPrecision(3))}`;
}

export function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/** A mark that is also a word for those who do not see it. */
export function mark(outcome, label = outcome) {
  const [sign, kind] = OUTCOMES[outcome];
  return el("span", { class: `mark ${kind}`, role: "img", "aria-label": label }, sign);
}

export const tag = (text, kind = "") => el("span", { class: `tag ${kind}` }, text);
export const code = (text) => el("code", { dir: "auto" }, text);

export function fold(title, ...content) {
  return el("details", {}, el("summary", {}, title), ...content);
}

/** Something that went wrong, said politely, with what to do next. */
export function problem(error) {
  const hint = error.hint ? el("span", { class: "fine" }, ` Next: ${error.hint}`) : null;
  return el("p", { class: "warn", role: "alert" }, error.message, hint);
}
