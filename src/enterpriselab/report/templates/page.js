"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const SVG_WIDTH = (svg) => svg.viewBox.baseVal.width;
  const written = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

  // Learning curves: the nearest step under the pointer, or the one the arrow keys chose, is read out below the chart.
  for (const svg of all("[data-chart]")) {
    const xs = JSON.parse(svg.dataset.xs), at = JSON.parse(svg.dataset.at);
    const lines = all(".line", svg).map((line) => ({ name: line.dataset.name, values: JSON.parse(line.dataset.values) }));
    const cursor = svg.querySelector(".cursor"), readout = svg.closest("figure").querySelector(".readout");
    let chosen = -1;
    const show = (index) => {
      chosen = Math.max(0, Math.min(xs.length - 1, index));
      cursor.setAttribute("x1", at[chosen]);
      cursor.setAttribute("x2", at[chosen]);
      cursor.setAttribute("visibility", "visible");
      const parts = lines.map(({ name, values }) => `${name} ${values[chosen] === null ? "no value" : written.format(values[chosen])}`);
      readout.textContent = `Step ${written.format(xs[chosen])}: ${parts.join(", ")}`;
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * SVG_WIDTH(svg);
      show(at.reduce((best, place, index) => (Math.abs(place - x) < Math.abs(at[best] - x) ? index : best), 0));
    });
    svg.addEventListener("pointerleave", () => cursor.setAttribute("visibility", "hidden"));
    svg.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      show(chosen + move);
    });
  }

  // Tool graph: a tool, the curves that leave it and the tools they reach.
  for (const svg of all("svg.ring")) {
    const nodes = all(".node", svg), readout = svg.closest("figure").querySelector(".readout");
    const paths = new Map(all(".edges path", svg).map((path) => [Number(path.dataset.from), path]));
    let chosen = -1;
    const clear = () => {
      svg.classList.remove("chosen");
      all(".lit, .chosen", svg).forEach((one) => one.classList.remove("lit", "chosen"));
    };
    const choose = (index) => {
      clear();
      chosen = (index + nodes.length) % nodes.length;
      const node = nodes[chosen], feeds = node.dataset.feeds.split(" ").filter(Boolean).map(Number);
      svg.classList.add("chosen");
      node.classList.add("chosen");
      paths.get(chosen)?.classList.add("lit");
      feeds.forEach((target) => nodes[target].classList.add("lit"));
      const name = document.createElement("b");
      name.textContent = node.dataset.name;
      const names = feeds.slice(0, 14).map((target) => nodes[target].dataset.name);
      const rest = feeds.length - names.length;
      const text = feeds.length ? ` feeds ${feeds.length}: ${names.join(", ")}${rest ? ` and ${rest} more` : ""}` : " feeds no other tool";
      readout.replaceChildren(name, text);
    };
    svg.addEventListener("pointerover", (event) => {
      if (event.target.dataset.node !== undefined) choose(Number(event.target.dataset.node));
    });
    svg.addEventListener("pointerleave", clear);
    svg.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      choose(chosen + move);
    });
  }

  // Traces: one case at a time, one or both attempts, steps by key.
  const tabs = all("[role=tab]"), cases = all(".case"), traces = document.getElementById("traces");
  const open = (index) => {
    tabs.forEach((tab, number) => {
      tab.setAttribute("aria-selected", String(number === index));
      tab.tabIndex = number === index ? 0 : -1;
      cases[number].hidden = number !== index;
    });
  };
  const view = (panel, name) => {
    panel.dataset.view = name;
    all(".views button", panel).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.show === name)));
  };
  const walk = (panel, move) => {
    const steps = all(".step", panel).filter((step) => step.offsetParent !== null);
    const here = steps.indexOf(document.activeElement.closest(".step"));
    const next = steps[here < 0 && move < 0 ? steps.length - 1 : Math.max(0, Math.min(steps.length - 1, here + move))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  if (tabs.length) {
    all(".tabs, .views", traces).forEach((bar) => { bar.hidden = false; });
    open(0);
    tabs.forEach((tab, index) => {
      tab.addEventListener("click", () => open(index));
      tab.addEventListener("keydown", (event) => {
        const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (move === undefined) return;
        const next = (index + move + tabs.length) % tabs.length;
        open(next);
        tabs[next].focus();
      });
    });
    all(".views button", traces).forEach((button) => {
      button.addEventListener("click", () => view(button.closest(".case"), button.dataset.show));
    });
    const inSight = () => {
      const { top, bottom } = traces.getBoundingClientRect();
      return top < 0.7 * innerHeight && bottom > 0.3 * innerHeight;
    };
    document.addEventListener("keydown", (event) => {
      if (!inSight() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
      const panel = cases.find((one) => !one.hidden);
      if (event.key === "j") walk(panel, 1);
      else if (event.key === "k") walk(panel, -1);
      else if ("sbf".includes(event.key) && panel.querySelector(".views")) view(panel, { s: "both", b: "first", f: "last" }[event.key]);
      else if (Number(event.key) >= 1 && Number(event.key) <= cases.length) open(Number(event.key) - 1);
    });
  }

  // Price: hourly price times measured machine time, for 1,000 tasks.
  const hour = document.querySelector("[data-hour]");
  hour?.addEventListener("input", () => {
    const price = Number(hour.value);
    all("[data-seconds]").forEach((cell) => {
      cell.textContent = ((price * Number(cell.dataset.seconds)) / 3.6).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    });
  });

  // Where the reader is.
  const links = new Map(all("nav li a").map((link) => [link.hash.slice(1), link]));
  const spy = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  all("main > section").forEach((section) => spy.observe(section));

  // Paper shows what is folded away, but for the list of tools.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open], .app-tools)");
    closed.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));
})();
