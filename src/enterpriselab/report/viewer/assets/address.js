// The part of the address after '#': what is shown, at which call, and the filters. It can be kept, sent and gone back to.

const listeners = [];

export const read = () => new URLSearchParams(location.hash.slice(1));

/** Change some fields; a field of null is taken out. A step back of the browser undoes it when `keep` is set. */
export function write(fields, { keep = false } = {}) {
  const now = read();
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === "") now.delete(name);
    else now.set(name, value);
  }
  const hash = `#${now}`;
  if (hash === (location.hash || "#")) return;
  history[keep ? "pushState" : "replaceState"](null, "", hash);
  tell();
}

/** The address of another view with the same filters. */
export function addressOf(fields) {
  const there = read();
  for (const name of ["id", "with", "step", "db"]) there.delete(name);
  for (const [name, value] of Object.entries(fields)) there.set(name, value);
  return `#${there}`;
}

export const onChange = (listener) => listeners.push(listener);

function tell() {
  listeners.forEach((listener) => listener(read()));
}

addEventListener("hashchange", tell);
