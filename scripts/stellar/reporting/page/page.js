"use strict";
/* Figures, classes switched on and off in all of them, light and dark, what opens and prints. */
(() => {
  const data = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const views = new Map(); // figure's name: Vega's view
  const MANY = 600; // marks from which on a canvas is quicker than SVG
  const WIDEST = 840;
  const NARROWEST = 290; // of a panel beside another, with its axis
  const LETTER = 6; // pixels of a subtitle's letter, as a mean
  const around = new Map(); // of a figure of panels what its axes take, in pixels

  /* The reader's choice of light or dark stays, where the browser lets a file keep something. */
  const KEPT = "hack-or-hammer-theme";
  function remember(theme) {
    try { localStorage.setItem(KEPT, theme); } catch { /* it is forgotten, as before */ }
  }
  try {
    const kept = localStorage.getItem(KEPT);
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  } catch { /* the system's */ }

  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const classesShown = () => [...document.querySelectorAll("#classes button[aria-pressed=true]")].map((b) => b.value);

  /* Rows of a dataset; on the page each is stored once, a list for each column. */
  function rows(packed) {
    const names = Object.keys(packed);
    return Array.from({ length: packed[names[0]].length }, (_, k) =>
      Object.fromEntries(names.map((name) => [name, packed[name][k]])));
  }
  const datasets = {};
  const dataset = (name) => (datasets[name] ??= rows(data.datasets[name]));

  function namesOf(spec) {
    const found = new Set();
    (function look(part) {
      if (!part || typeof part !== "object") return;
      if (part.data && part.data.name in data.datasets) found.add(part.data.name);
      Object.values(part).forEach(look);
    })(spec);
    return [...found];
  }

  function widthFor(plot) {
    const column = document.querySelector("main").clientWidth - 24;
    return Math.min(column, WIDEST, plot.parentElement.clientWidth || Infinity);
  }

  /* A subtitle's lines are as long as there is room. */
  function wrapped(lines, room) {
    const found = [""];
    for (const word of lines.join(" ").split(/ +/)) {
      const last = found[found.length - 1];
      if (last && (last.length + 1 + word.length) * LETTER > room) found.push(word);
      else found[found.length - 1] = last ? `${last} ${word}` : word;
    }
    return found;
  }

  /* The panels of a row, all rows being alike. */
  const rowOf = (spec) => spec.concat.slice(0, spec.columns);
  const widthOf = (panels) => panels.reduce((sum, panel) => sum + panel.width, 0);

  /* As wide as there is room: panels that stand beside each other go below each other. */
  function fit(spec, room, name) {
    if (Array.isArray(spec.title?.subtitle)) spec.title.subtitle = wrapped(spec.title.subtitle, room - 30);
    room = Math.max(room, spec.usermeta?.least ?? 0); // what is narrower still, scrolls
    if (spec.concat) {
      const beside = spec.columns ?? spec.concat.length;
      spec.columns = Math.max(1, Math.min(beside, Math.floor(room / NARROWEST)));
      if (!spec.concat.every((panel) => typeof panel.width === "number")) return;
      const taken = around.get(`${name} ${spec.columns}`) ?? 75 * spec.columns;
      const wider = (room - taken) / widthOf(rowOf(spec));
      for (const panel of spec.concat) panel.width = Math.floor(panel.width * wider);
    } else if (typeof spec.width === "number") {
      spec.width = room;
      spec.autosize = { type: "fit-x", contains: "padding" };
      if (spec.usermeta?.aspect) spec.height = room / spec.usermeta.aspect;
    }
  }

  const drawnWidth = (plot) => plot.querySelector("svg.marks, canvas.marks").getBoundingClientRect().width;

  async function draw(figure) {
    const name = figure.dataset.figure;
    const plot = figure.querySelector(".plot");
    const spec = structuredClone(data.specs[name]);
    const used = namesOf(spec);
    spec.datasets = Object.fromEntries(used.map((key) => [key, structuredClone(dataset(key))]));
    const room = widthFor(plot);
    fit(spec, room, name);
    const marks = used.reduce((sum, key) => sum + spec.datasets[key].length, 0);
    const embedded = () => vegaEmbed(plot, spec, {
      mode: "vega-lite",
      renderer: marks > MANY ? "canvas" : "svg",
      config: isDark() ? data.themes.dark : data.themes.light,
      actions: { export: true, source: false, compiled: false, editor: false },
      downloadFileName: name,
      tooltip: { theme: isDark() ? "dark" : "custom" },
    });
    let shown = await embedded();
    const key = `${name} ${spec.columns}`;
    if (spec.concat && !around.has(key) && spec.concat.every((panel) => typeof panel.width === "number")) {
      around.set(key, Math.ceil(drawnWidth(plot)) - widthOf(rowOf(spec)) + 2);
      const wider = (room - around.get(key)) / widthOf(rowOf(spec));
      for (const panel of spec.concat) panel.width = Math.floor(panel.width * wider);
      shown.finalize();
      shown = await embedded();
    }
    views.get(name)?.finalize();
    views.set(name, shown.view);
    setShown(shown.view);
    plot.querySelector("summary")?.setAttribute("aria-label", `save the figure ${name}`);
    figure.dataset.drawn = "yes";
    document.dispatchEvent(new CustomEvent("drawn", { detail: { name, view: shown.view } }));
  }

  function setShown(view) {
    try {
      view.signal("shown", classesShown()).run();
    } catch {
      // a figure without classes to choose from
    }
  }

  /* What one sees first, then the rest while nothing else happens, so that printing finds all. */
  const all = [...document.querySelectorAll("figure[data-figure]")];
  let drawing = 0;
  async function drawAll() {
    const turn = ++drawing;
    for (const figure of all) {
      if (turn !== drawing) return;
      if (figure.dataset.drawn === "yes") continue;
      try {
        await draw(figure);
      } catch (error) {
        console.error(`figure ${figure.dataset.figure}: ${error}`);
      }
      await new Promise((go) => (globalThis.requestIdleCallback ?? setTimeout)(go, { timeout: 100 }));
    }
    root.dataset.figures = "drawn";
    root.dataset.drawn = isDark() ? "dark" : "light";
  }
  function again() {
    all.forEach((figure) => delete figure.dataset.drawn);
    delete root.dataset.figures;
    drawAll();
  }

  /* Classes: one row of buttons for all figures. */
  document.getElementById("classes").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.value === "all") {
      document.querySelectorAll("#classes button[aria-pressed]").forEach((b) => b.setAttribute("aria-pressed", "true"));
    } else {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    }
    views.forEach(setShown);
  });

  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    again();
    document.dispatchEvent(new Event("theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    again();
    document.dispatchEvent(new Event("theme"));
  });

  let width = innerWidth, waiting;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(again, 200);
  });

  /* A link into something closed opens it. */
  function openTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) openTarget();
  });

  /* The contents lie over the page: they close behind a link, and on Escape. */
  const contents = document.querySelector("details.contents");
  contents.addEventListener("click", (event) => { if (event.target.closest("a")) contents.open = false; });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !contents.open) return;
    contents.open = false;
    contents.querySelector("summary").focus();
  });

  const closed = [];
  addEventListener("beforeprint", () => {
    document.querySelectorAll(".findings > li > details:not([open])").forEach((one) => { one.open = true; closed.push(one); });
  });
  addEventListener("afterprint", () => closed.splice(0).forEach((one) => { one.open = false; }));

  /* The stars of the diagrams, with their magnitudes. */
  function stars() {
    const bands = ["u", "g", "r", "i", "z"];
    const name = Object.keys(data.datasets).find((key) => bands.every((band) => band in data.datasets[key]));
    return name ? dataset(name).filter((star) => bands.every((band) => Number.isFinite(star[band]))) : [];
  }

  globalThis.pages = { ...globalThis.pages, views, stars };
  drawAll();
  openTarget();
})();
