"use strict";
(() => {
  const root = document.documentElement;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  // The legend stands under the axis: as many rows as its words need at this width.
  const foot = (spec, width) => {
    const named = spec.data.filter((trace) => trace.showlegend !== false && trace.type !== "heatmap");
    if (spec.layout.showlegend === false || named.length < 2) return 48;
    const room = Math.max(width - 40, 160);
    let rows = 1, used = 0;
    for (const trace of named) {
      const need = 56 + 7.5 * (trace.name || "").length;
      if (used > 0 && used + need > room) { rows += 1; used = 0; }
      used += need;
    }
    return 56 + 22 * rows;
  };
  const themed = (spec, width) => {
    const layout = spec.layout;
    const ink = colour("--ink"), line = colour("--line");
    const axis = {gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true};
    const full = {...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: {family: "system-ui, sans-serif", size: 13, color: ink},
      margin: {l: 56, r: 16, t: 16, b: foot(spec, width), ...(layout.margin || {})},
      legend: {orientation: "h", x: 0, yref: "container", y: 0, yanchor: "bottom", ...(layout.legend || {})},
      hoverlabel: {bgcolor: colour("--band"), font: {color: ink}}};
    for (const key of Object.keys(layout).concat(["xaxis", "yaxis"]))
      if (/^[xy]axis/.test(key)) full[key] = {...axis, ...(layout[key] || {})};
    full.annotations = (layout.annotations || []).map((note) => ({...note, font: {color: ink, size: 12}}));
    return full;
  };
  const plots = new Map();
  const draw = (id) => {
    const spec = plots.get(id);
    Plotly.react(id, spec.data, themed(spec, document.getElementById(id).clientWidth), {responsive: true, displaylogo: false, displayModeBar: false,
      modeBarButtonsToRemove: ["lasso2d", "select2d"]});
  };
  for (const element of document.querySelectorAll("script.plot-spec")) {
    plots.set(element.dataset.for, JSON.parse(element.textContent));
    draw(element.dataset.for);
  }
  const redraw = () => plots.forEach((_, id) => draw(id));
  document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; redraw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => { root.dataset.was = root.dataset.theme || ""; root.dataset.theme = "light"; redraw(); });
  addEventListener("afterprint", () => { if (root.dataset.was) root.dataset.theme = root.dataset.was; else delete root.dataset.theme; redraw(); });

  // A slider shows one sheet of a cube: the picture, and the table under it.
  for (const control of document.querySelectorAll("[data-cube]")) {
    const cube = JSON.parse(document.getElementById(control.dataset.cube).textContent);
    const input = control.querySelector("input"), shown = control.querySelector("output");
    const table = document.getElementById(control.dataset.table), plot = control.dataset.plot;
    const money = (x) => x === null ? "-" : (x < 0 ? "-$" : "+$") + Math.abs(x).toLocaleString("en-US", {maximumFractionDigits: 0});
    const show = () => {
      const sheet = cube.sheets[Number(input.value)];
      shown.textContent = sheet.label;
      input.setAttribute("aria-valuetext", sheet.label);
      sheet.rows.forEach((row, i) => row.forEach((x, j) => { table.tBodies[0].rows[i].cells[j + 1].textContent = money(x); }));
      plots.get(plot).data[0].z = sheet.rows;
      draw(plot);
    };
    input.addEventListener("input", show);
    show();
  }
  root.dataset.ready = "yes";
})();
