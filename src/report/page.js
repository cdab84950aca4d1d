(() => {
  "use strict";
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const touch = matchMedia("(pointer: coarse)").matches;
  const hidden = new Set();
  const drawn = [];

  const draw = (div, figure) => {
    for (const trace of figure.data) {
      // Hovering shows every digit of a value, as the CSV files have them.
      if (trace.customdata === undefined) trace.customdata = trace.y;
      if (hidden.has(trace.legendgroup)) trace.visible = false;
    }
    // On a touch screen a finger on a chart scrolls the page; the buttons zoom.
    figure.layout.dragmode = touch ? false : "zoom";
    figure.config.displayModeBar = touch ? true : "hover";
    figure.config.toImageButtonOptions = { format: "svg", filename: div.id };
    if (!drawn.includes(div)) drawn.push(div);
    return Plotly.react(div, figure.data, figure.layout, figure.config);
  };

  for (const [id, figure] of Object.entries(figures)) {
    if (id !== "decomposition") draw(document.getElementById(id), figure);
  }

  const select = document.getElementById("decomposed");
  const decompose = () => draw(document.getElementById("decomposition"), figures.decomposition[select.value]);
  select.addEventListener("change", decompose);
  decompose();

  for (const chip of document.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => {
      const name = chip.dataset.scenario;
      const show = hidden.has(name);
      if (show) hidden.delete(name); else hidden.add(name);
      chip.setAttribute("aria-pressed", String(show));
      for (const div of drawn) {
        if (div.id === "decomposition") continue;
        const traces = div.data.flatMap((trace, index) => (trace.legendgroup === name ? [index] : []));
        if (traces.length > 0) Plotly.restyle(div, { visible: show }, traces);
      }
    });
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
    document.body.classList.add("printing");
    // At once: by the time that the usual, deferred resizing comes, the paper is done.
    for (const div of drawn) Plotly.relayout(div, { width: div.clientWidth, height: div.clientHeight });
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
    document.body.classList.remove("printing");
    for (const div of drawn) Plotly.relayout(div, { width: null, height: null, autosize: true });
  });

  document.documentElement.dataset.drawn = String(drawn.length);
})();
