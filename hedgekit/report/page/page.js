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
  // Pixels: a phone's pictures are drawn with less around them, a sheet of A4 or Letter is this wide.
  const NARROW = 520, SHEET = 690;
  let printing = false;
  // The same hues, lighter: lines keep three to one against the dark paper.
  const LIGHTER = {"#0072b2": "#56b4e9", "#d55e00": "#ff8f47", "#009e73": "#35c99b", "#cc79a7": "#e6a3c9", "#e69f00": "#f5bf42", "#56b4e9": "#a6d8f7", "#8a8a8a": "#b0b0b0"};
  const hues = new Map();
  const toned = (spec) => {
    for (const trace of spec.data) {
      // The middle of a scale is the paper, and what is far from it stands out from it.
      if (trace.type === "heatmap" && trace.colorscale) {
        if (!hues.has(trace)) hues.set(trace, trace.colorscale);
        const ends = trace.zmin < 0 ? [[0, "#ffa14d"], [0.5, colour("--middle")], [1, "#5cb8f5"]] : hues.get(trace);
        trace.colorscale = dark() ? ends : hues.get(trace);
      }
      for (const part of [trace.line, trace.marker, trace.error_x, trace.error_y]) {
        if (!part || typeof part.color !== "string") continue;
        if (!hues.has(part)) hues.set(part, part.color);
        const own = hues.get(part);
        part.color = dark() ? LIGHTER[own] || own : own;
      }
    }
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
    if (width < NARROW && full.margin.l > 90) full.margin.l = 90;
    full.annotations = (layout.annotations || []).map((note) => ({...note, font: {color: ink, size: width < NARROW ? 10 : 12}}));
    for (const trace of spec.data)
      if (trace.type === "heatmap" && trace.colorbar) trace.colorbar.thickness = width < NARROW ? 8 : 12;
    if (printing) full.width = SHEET;
    return full;
  };
  const plots = new Map(), drawn = new Set();
  const draw = (id) => {
    const spec = plots.get(id);
    drawn.add(id);
    toned(spec);
    Plotly.react(id, spec.data, themed(spec, printing ? SHEET : document.getElementById(id).clientWidth), {responsive: true, displaylogo: false, displayModeBar: false,
      modeBarButtonsToRemove: ["lasso2d", "select2d"]});
  };
  const again = (id) => { if (drawn.has(id)) draw(id); };
  const redraw = () => drawn.forEach(draw);
  const all = () => { plots.forEach((_, id) => { if (!drawn.has(id)) draw(id); }); root.dataset.drawn = "all"; };
  for (const element of document.querySelectorAll("script.plot-spec")) plots.set(element.dataset.for, JSON.parse(element.textContent));
  document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; redraw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const folded = [];
  addEventListener("beforeprint", () => {
    root.dataset.was = root.dataset.theme || ""; root.dataset.theme = "light"; printing = true; all(); redraw();
    document.querySelectorAll("details:not([open])").forEach((one) => { one.open = true; folded.push(one); });
  });
  addEventListener("afterprint", () => {
    if (root.dataset.was) root.dataset.theme = root.dataset.was; else delete root.dataset.theme;
    printing = false; folded.splice(0).forEach((one) => { one.open = false; }); redraw();
  });

  // A slider shows one sheet of a cube: the lines, the map, and the table under them.
  for (const control of document.querySelectorAll("[data-cube]")) {
    const cube = JSON.parse(document.getElementById(control.dataset.cube).textContent);
    const input = control.querySelector("input"), shown = control.querySelector("output");
    const table = document.getElementById(control.dataset.table), {plot, lines} = control.dataset;
    const money = (x) => x === null ? "-" : (x < 0 && Math.round(-x) > 0 ? "-$" : "+$") + Math.abs(x).toLocaleString("en-US", {maximumFractionDigits: 0});
    const show = () => {
      const sheet = cube.sheets[Number(input.value)];
      shown.textContent = sheet.label;
      input.setAttribute("aria-valuetext", sheet.label);
      cube.shown.forEach((place, i) => sheet.rows[place].forEach((x, j) => { table.tBodies[0].rows[i].cells[j + 1].textContent = money(x); }));
      plots.get(plot).data[0].z = sheet.rows;
      cube.lines.forEach((date, i) => { plots.get(lines).data[i].y = sheet.rows.map((row) => row[date]); });
      again(plot); again(lines);
    };
    input.addEventListener("input", show);
  }

  // What is in sight is drawn at once, the rest when the browser has nothing better to do.
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 16));
  const next = () => {
    const left = [...plots.keys()].find((id) => !drawn.has(id));
    if (left === undefined) { root.dataset.drawn = "all"; return; }
    draw(left);
    idle(next);
  };
  for (const id of plots.keys())
    if (document.getElementById(id).getBoundingClientRect().top < innerHeight) draw(id);
  root.dataset.ready = "yes";
  idle(next);
})();
