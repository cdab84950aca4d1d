// What the page does under a pointer, a finger or a key: a line at a date with every value, a span of years seen closer, runs
// switched on and off. The pictures say themselves where their years and values lie (data-… of their panels), and the numbers are
// the tables' own texts. Nothing is fetched, nothing is evaluated.
(() => {
  "use strict";
  const element = (id) => document.getElementById(id);
  const numbers = JSON.parse(element("numbers").textContent);
  const dates = numbers.year.split(",");
  const years = dates.map(Number);
  const SVG = "http://www.w3.org/2000/svg";
  // Fewer pixels than this between down and up are a click.
  const CLICK = 5;
  // More rows than this hide what they are about.
  const ROWS = 24;

  const hidden = new Set();
  let here = null; // place of the date under the line
  let active = null; // the panel that the box tells of
  let exact = false;

  // ---- what the pictures show, and where

  const panels = [];
  for (const figure of document.querySelectorAll("figure.picture")) {
    for (const svg of figure.querySelectorAll("svg")) {
      svg.setAttribute("preserveAspectRatio", "xMinYMin");
      for (const node of svg.querySelectorAll(".panel")) {
        const panel = { figure, svg, node, column: node.dataset.y, run: node.dataset.i };
        for (const name of ["x0", "x1", "left", "right", "y0", "y1", "top", "bottom"]) panel[name] = Number(node.dataset[name]);
        panels.push({ ...panel, log: node.dataset.log === "true", factor: node.dataset.percent === "true" ? 100 : 1 });
      }
    }
  }
  if (panels.length === 0) return;
  const whole = [panels[0].x0, panels[0].x1];
  let span = whole;

  const visible = (panel) => panel.svg.getClientRects().length > 0 && !(panel.run !== undefined && hidden.has(panel.run));
  const across = (panel, year) => panel.left + ((year - span[0]) / (span[1] - span[0])) * (panel.right - panel.left);
  const down = (panel, value) => {
    const share = panel.log ? Math.log(value / panel.y0) / Math.log(panel.y1 / panel.y0) : (value - panel.y0) / (panel.y1 - panel.y0);
    return panel.bottom - share * (panel.bottom - panel.top);
  };

  // ---- numbers

  const columns = new Map();
  /** The text of a cell of the tables; empty where there is none. */
  const cell = (column, run, k) => {
    const key = `${column} ${run}`;
    if (!columns.has(key)) columns.set(key, (numbers.columns[column]?.[run] ?? "").split(","));
    return columns.get(key)[k] ?? "";
  };
  /** As a reader wants it: five digits, or all of the table's. */
  const readable = (text, factor) => {
    if (text === "") return "–";
    if (exact) return text;
    const value = Number(text) * factor;
    const size = Math.abs(value);
    const plain = size === 0 || (size >= 1e-4 && size < 1e7);
    const digits = plain ? String(Number(value.toPrecision(5))) : value.toExponential(3);
    return digits.replaceAll("-", "−") + (factor === 100 ? " %" : "");
  };

  // ---- the line and its box

  const draw = (name, parent, attributes) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent.append(node);
    return node;
  };
  const add = (parent, name, text = "") => {
    const node = document.createElement(name);
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const chips = [...document.querySelectorAll("button.chip")];
  const shown = () => chips.filter((chip) => !hidden.has(chip.dataset.run));

  /** A small piece of a line or an area, for a row of the box. */
  const swatch = (panel, part, chip) => {
    if (part === undefined) return chip.querySelector("svg").cloneNode(true);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "swatch");
    svg.setAttribute("width", 14);
    svg.setAttribute("height", 12);
    const area = [...panel.node.querySelectorAll(".area")].find((area) => area.dataset.name === part);
    draw("rect", svg, { width: 14, height: 12, fill: area?.getAttribute("fill") ?? "#000" });
    return svg;
  };
  /** Rows of the box: what is named, its cell, its swatch. */
  const rows = (panel) => {
    if (panel.run === undefined) {
      return shown()
        .filter((chip) => numbers.columns[panel.column]?.[chip.dataset.run] !== undefined)
        .map((chip) => [chip.textContent.trim(), panel.column, chip.dataset.run, swatch(panel, undefined, chip)]);
    }
    const drawn = new Set([...panel.node.querySelectorAll(".area")].map((area) => area.dataset.name));
    return numbers.parts
      .filter(([, name]) => drawn.has(name) || name === "total")
      .map(([column, name]) => [name, column, panel.run, swatch(panel, name)]);
  };

  const box = document.createElement("div");
  box.className = "tip";
  const fill = (panel) => {
    box.replaceChildren();
    const owner = chips.find((chip) => chip.dataset.run === panel.run);
    add(box, "b", dates[here] + (owner ? ` · ${owner.textContent.trim()}` : ""));
    const table = add(add(box, "table"), "tbody");
    const all = rows(panel);
    for (const [name, column, run, sample] of all.slice(0, ROWS)) {
      const row = add(table, "tr");
      const head = add(row, "th");
      head.scope = "row";
      head.append(sample, name);
      add(row, "td", readable(cell(column, run, here), panel.factor));
    }
    if (all.length > ROWS) add(box, "p", `and ${all.length - ROWS} more: switch paths off to see them`);
    const before = here > 0 ? years[here - 1] : -Infinity;
    for (const [year, runs, words] of numbers.events) {
      const paths = runs.filter((run) => !hidden.has(String(run)));
      if (year > before && year <= years[here] && paths.length > 0 && (panel.run === undefined || runs.includes(Number(panel.run)))) {
        const names = paths.map((run) => numbers.runs[run]).join(", ");
        add(box, "p", panel.run === undefined && runs.length < numbers.runs.length ? `${names}: ${words}` : words);
      }
    }
  };

  const clear = () => {
    for (const node of document.querySelectorAll(".cross, .spot")) node.remove();
    box.remove();
  };
  /** Draws the line at `here` into every picture, and the box into the active one. */
  const mark = () => {
    clear();
    if (here === null) return;
    for (const panel of panels.filter(visible)) {
      const x = across(panel, years[here]);
      if (x < panel.left - 1 || x > panel.right + 1) continue;
      draw("line", panel.node, { class: "cross", x1: x, x2: x, y1: panel.top, y2: panel.bottom, "vector-effect": "non-scaling-stroke" });
      if (panel.run !== undefined) continue;
      for (const chip of shown()) {
        const text = cell(panel.column, chip.dataset.run, here);
        const y = text === "" ? NaN : down(panel, Number(text) * panel.factor);
        if (!(y >= panel.top - 1 && y <= panel.bottom + 1)) continue;
        const line = panel.node.querySelector(`.run[data-i="${chip.dataset.run}"] .line`);
        if (line) draw("circle", panel.node, { class: "spot", cx: x, cy: y, r: 3.4, fill: line.getAttribute("stroke") });
      }
    }
    if (active === null || !visible(active)) return;
    fill(active);
    active.figure.append(box);
    const frame = active.figure.getBoundingClientRect();
    const matrix = active.svg.getScreenCTM();
    const onScreen = (x, y) => new DOMPoint(x, y).matrixTransform(matrix);
    const point = onScreen(across(active, years[here]), active.top);
    const room = frame.right - point.x - 14;
    box.style.left = `${Math.max(0, room >= box.offsetWidth ? point.x - frame.left + 12 : point.x - frame.left - 12 - box.offsetWidth)}px`;
    box.style.top = `${Math.max(0, point.y - frame.top + 6)}px`;
    const { figure } = active;
    figure.setAttribute("aria-valuenow", years[here]);
    figure.setAttribute("aria-valuetext", `${dates[here]}: ` + rows(active).map(([name, column, run]) => `${name} ${readable(cell(column, run, here), active.factor)}`).join(", "));
  };
  const nearest = (year) => years.reduce((best, other, k) => (Math.abs(other - year) < Math.abs(years[best] - year) ? k : best), 0);

  // ---- a span of years

  const kept = new Map();
  /** An attribute as the picture was drawn. */
  const original = (node, name) => {
    if (!kept.has(node)) kept.set(node, {});
    const attributes = kept.get(node);
    if (!(name in attributes)) attributes[name] = node.getAttribute(name);
    return attributes[name];
  };
  const place = (node, name, move) => node.setAttribute(name, move(Number(original(node, name))));
  const restore = () => {
    for (const [node, attributes] of kept) {
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      if (node.matches(".band-label")) node.classList.remove("off");
    }
  };
  const stretch = (svg) => {
    const panel = panels.find((panel) => panel.svg === svg);
    const scale = (panel.x1 - panel.x0) / (span[1] - span[0]);
    const moved = (x) => across(panel, panel.x0 + ((x - panel.left) / (panel.right - panel.left)) * (panel.x1 - panel.x0));
    for (const node of svg.querySelectorAll(".content *")) {
      switch (node.localName) {
        case "rect": {
          const x = Number(original(node, "x"));
          node.setAttribute("width", Number(original(node, "width")) * scale);
          node.setAttribute("x", moved(x));
          break;
        }
        case "line": {
          // A sample of a run's line goes with the text behind it; the others are dates and spans.
          const text = node.matches(".act-of") ? node.parentNode.querySelector("text") : null;
          const shift = text && moved(Number(text.dataset.at)) - Number(text.dataset.at);
          for (const name of ["x1", "x2"]) place(node, name, text ? (x) => x + shift : moved);
          break;
        }
        case "circle":
          place(node, "cx", moved);
          break;
        case "text": {
          // A text stands beside what it names, and inside the axes as long as that does.
          const named = node.matches(".band-label") ? node.previousElementSibling : node.parentNode.querySelector(".act-span");
          const beside = Number(node.dataset.at ?? original(node, "x"));
          const start = moved(beside);
          const end = named ? moved(named.localName === "rect" ? Number(original(named, "x")) + Number(original(named, "width")) : Number(original(named, "x2"))) : start;
          place(node, "x", (x) => (end > panel.left ? Math.max(start, panel.left + 3) : start) + x - beside);
          if (node.matches(".band-label")) node.classList.toggle("off", Number(node.getAttribute("x")) + node.getComputedTextLength() > end);
          break;
        }
        case "path": {
          const d = original(node, "d");
          // A mark keeps its shape.
          const fixed = node.matches(".jump") ? Number(/-?[\d.]+/.exec(d)[0]) : null;
          node.setAttribute("d", d.replace(/([ML])(-?[\d.]+) /g, (_, letter, x) => `${letter}${fixed === null ? moved(Number(x)) : moved(fixed) + Number(x) - fixed} `));
          break;
        }
      }
    }
    ticks(svg, panel);
  };
  const ticks = (svg, panel) => {
    for (const node of svg.querySelectorAll(".own-tick")) node.remove();
    const drawn = [...svg.querySelectorAll(".tick, .tick-x")];
    for (const node of drawn) node.classList.toggle("off", span !== whole);
    if (span === whole) return;
    const [line, text] = [drawn.find((node) => node.matches(".tick")), drawn.find((node) => node.matches(".tick-x"))];
    const raw = (span[1] - span[0]) / Math.max(2, Math.floor((panel.right - panel.left) / 75));
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= raw * 0.999);
    const decimals = Math.max(0, -Math.floor(Math.log10(step)));
    for (let n = Math.ceil(span[0] / step - 1e-9); n * step <= span[1] + 1e-9 * step; n += 1) {
      const x = across(panel, n * step);
      for (const [node, names] of [[line, ["x1", "x2"]], [text, ["x"]]]) {
        if (!node) continue;
        const own = node.cloneNode(true);
        own.setAttribute("class", "own-tick");
        for (const name of names) own.setAttribute(name, x);
        if (node === text) own.textContent = (n * step).toFixed(decimals);
        node.parentNode.append(own);
      }
    }
  };
  const closer = (from, until) => {
    const least = Math.min((years[years.length - 1] - years[0]) / (years.length - 1) * 4, whole[1] - whole[0]);
    const width = Math.min(Math.max(until - from, least), whole[1] - whole[0]);
    const start = Math.min(Math.max((from + until - width) / 2, whole[0]), whole[1] - width);
    span = width >= (whole[1] - whole[0]) * (1 - 1e-9) ? whole : [start, start + width];
    if (span === whole) restore();
    for (const svg of new Set(panels.map((panel) => panel.svg))) span === whole ? ticks(svg) : stretch(svg);
    element("whole").disabled = element("farther").disabled = span === whole;
    mark();
  };
  const zoom = (factor) => {
    const middle = here !== null && years[here] >= span[0] && years[here] <= span[1] ? years[here] : (span[0] + span[1]) / 2;
    closer(middle - (middle - span[0]) * factor, middle + (span[1] - middle) * factor);
  };
  const reset = () => closer(...whole);

  // ---- runs, digits

  const show = () => {
    for (const node of document.querySelectorAll("[data-i]")) {
      node.classList.toggle("off", node.dataset.i.split(" ").every((run) => hidden.has(run)));
    }
    for (const chip of chips) chip.setAttribute("aria-pressed", String(!hidden.has(chip.dataset.run)));
    mark();
  };
  const digits = () => {
    exact = !exact;
    element("exact").setAttribute("aria-pressed", String(exact));
    mark();
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      if (!hidden.delete(chip.dataset.run)) hidden.add(chip.dataset.run);
      show();
    });
  }
  element("all").addEventListener("click", () => { hidden.clear(); show(); });
  element("alone").addEventListener("click", () => {
    for (const chip of chips) hidden.add(chip.dataset.run);
    hidden.delete(element("alone").dataset.run);
    show();
  });
  element("nearer").addEventListener("click", () => zoom(0.5));
  element("farther").addEventListener("click", () => zoom(2));
  element("whole").addEventListener("click", reset);
  element("exact").addEventListener("click", digits);

  // ---- pointer, finger, keys

  /** The panel nearest to a point of the screen, and the year there. */
  const under = (figure, event) => {
    const candidates = panels.filter((panel) => panel.figure === figure && visible(panel));
    if (candidates.length === 0) return null;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(candidates[0].svg.getScreenCTM().inverse());
    const away = (panel) => Math.max(panel.top - point.y, point.y - panel.bottom, 0);
    const panel = candidates.reduce((best, other) => (away(other) < away(best) ? other : best));
    const share = Math.min(Math.max((point.x - panel.left) / (panel.right - panel.left), 0), 1);
    return { panel, year: span[0] + share * (span[1] - span[0]) };
  };
  const go = (k) => {
    here = Math.min(Math.max(k, 0), years.length - 1);
    const year = years[here];
    const width = span[1] - span[0];
    if (year < span[0]) closer(year, year + width);
    else if (year > span[1]) closer(year - width, year);
    else mark();
  };
  const keys = {
    ArrowLeft: (big) => go((here ?? years.length) - (big ? 10 : 1)),
    ArrowRight: (big) => go((here ?? -1) + (big ? 10 : 1)),
    PageDown: () => go((here ?? years.length) - 10),
    PageUp: () => go((here ?? -1) + 10),
    Home: () => go(0),
    End: () => go(years.length - 1),
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    d: digits,
    Escape: () => {
      if (span !== whole) return reset();
      here = null;
      clear();
    },
  };
  for (const figure of new Set(panels.map((panel) => panel.figure))) {
    figure.classList.add("live");
    figure.tabIndex = 0;
    for (const [name, value] of Object.entries({ role: "slider", "aria-label": `${figure.dataset.label}: year`, "aria-valuemin": years[0], "aria-valuemax": years[years.length - 1], "aria-valuenow": years[0], "aria-valuetext": dates[0] })) {
      figure.setAttribute(name, value);
    }
    let from = null; // where a drag began
    let brush = null;
    const drop = () => {
      brush?.remove();
      from = brush = null;
    };
    const hover = (found) => {
      active = found.panel;
      here = nearest(found.year);
      mark();
    };
    figure.addEventListener("pointerdown", (event) => {
      const found = under(figure, event);
      if (found === null || event.button !== 0) return;
      if (event.pointerType === "touch") return hover(found);
      from = { ...found, x: event.clientX };
      figure.setPointerCapture(event.pointerId);
    });
    figure.addEventListener("pointermove", (event) => {
      const found = under(figure, event);
      if (found === null) return;
      hover(found);
      if (from === null || Math.abs(event.clientX - from.x) < CLICK) return;
      const { panel } = from;
      const [a, b] = [from.year, found.year].map((year) => across(panel, year));
      brush ??= draw("rect", panel.node, { class: "brush", y: panel.top, height: panel.bottom - panel.top });
      brush.setAttribute("x", Math.min(a, b));
      brush.setAttribute("width", Math.abs(b - a));
    });
    figure.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const found = under(figure, event);
      const [a, b, dragged] = [from.year, found?.year ?? from.year, brush !== null];
      drop();
      if (dragged) closer(Math.min(a, b), Math.max(a, b));
      else digits();
    });
    figure.addEventListener("pointercancel", drop);
    figure.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "touch" || from !== null || document.activeElement === figure) return;
      here = null;
      clear();
    });
    figure.addEventListener("dblclick", reset);
    figure.addEventListener("focus", () => {
      if (active?.figure !== figure || !visible(active)) active = panels.find((panel) => panel.figure === figure && visible(panel)) ?? null;
      mark();
    });
    figure.addEventListener("blur", () => {
      here = null;
      clear();
    });
    figure.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const own = panels.filter((panel) => panel.figure === figure && visible(panel));
      if (own.length === 0) return;
      if (!own.includes(active)) active = own[0];
      const next = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (next !== undefined && own.length > 1) {
        active = own[Math.min(Math.max(own.indexOf(active) + next, 0), own.length - 1)];
        mark();
      } else if (keys[event.key]) keys[event.key](event.shiftKey);
      else return;
      event.preventDefault();
    });
  }
  addEventListener("resize", mark);
  for (const node of document.querySelectorAll("#controls, #how")) node.hidden = false;
  element("whole").disabled = element("farther").disabled = true;
  document.documentElement.dataset.ready = "true";
})();
