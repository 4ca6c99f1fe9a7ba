"use strict";
/* A panel in which the network answers: a star set by hand, and the classes around it. */
(() => {
  const held = document.getElementById("network");
  if (!held) return;
  const { read, answer, classOf, isFar } = pages.network;
  const model = read(JSON.parse(held.textContent));
  const panel = document.getElementById("try");
  const BANDS = ["u", "g", "r", "i", "z"];
  const PLANES = [["u", "g", "g", "r"], ["g", "r", "r", "i"], ["r", "i", "i", "z"]]; // x = first - second, y = third - fourth, as in the diagrams
  const COLOURS = BANDS.slice(1).map((band, k) => [BANDS[k], band]);
  const LIMITS = { u_g: [-0.8, 3.6], g_r: [-0.8, 2], r_i: [-0.6, 2.6], i_z: [-0.5, 1.5] };
  const GRID = 72, REACH = 2, BRIGHT = 1, ALIKE = 0.4, FEWEST = 3, MANY = 3000, LEAST = 5, MOST = 32;
  const canvas = panel.querySelector("canvas");
  const regions = Object.assign(document.createElement("canvas"), { width: GRID, height: GRID });
  const colours = JSON.parse(held.dataset.colours);
  const percent = (share) => (share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`);

  const entries = Object.fromEntries(BANDS.map((band) => [band, {
    slider: panel.querySelector(`input[type=range][name=${band}]`),
    number: panel.querySelector(`input[type=number][name=${band}]`),
  }]));
  const values = () => Object.fromEntries(BANDS.map((band) => [band, entries[band].number.valueAsNumber]));

  function set(star) {
    for (const band of BANDS) {
      entries[band].number.value = star[band].toFixed(2);
      entries[band].slider.value = star[band];
    }
    show();
  }

  function show() {
    const star = values();
    const say = (name, text) => { panel.querySelector(`[data-say=${name}]`).textContent = text; };
    const wrong = BANDS.filter((band) => !(star[band] >= LEAST && star[band] <= MOST));
    for (const band of BANDS) entries[band].number.setAttribute("aria-invalid", String(wrong.includes(band)));
    if (wrong.length) {
      say("class", "–");
      say("set", "");
      say("flag", `Give magnitudes from ${LEAST} to ${MOST}: ${wrong.join(", ")}.`);
      panel.querySelectorAll(".share").forEach((bar) => {
        bar.querySelector("i").style.width = 0;
        bar.querySelector(".said").textContent = "";
      });
      return;
    }
    const found = answer(model, star);
    say("class", found.class);
    panel.querySelector("[data-say=class]").style.setProperty("--of-class", colours[found.class]);
    say("set", found.set.length
      ? `Conformal set: ${found.set.join(", ")}. It is made to hold the true class of ${(100 * model.level).toFixed(0)} % of the survey’s stars of each class.`
      : "Conformal set: empty. No class is probable enough.");
    const flags = [found.outside && "Flag: unlike all stars of the training.", found.another && "Flag: perhaps no star O to M."]
      .filter(Boolean).join(" ");
    say("flag", flags || (isRare(star) ? "No flag, but hardly any of the diagrams’ stars has nearly these colours and this r." : "No flag."));
    model.classes.forEach((name, k) => {
      const bar = panel.querySelector(`[data-class=${name}]`);
      bar.querySelector("i").style.width = `${100 * found.probabilities[k]}%`;
      bar.querySelector(".said").textContent = percent(found.probabilities[k]);
    });
    paint(star);
  }

  /* The plane's values, the star's other colours and its r being what they are. */
  function moved(star, plane, x, y) {
    const colour = { u_g: star.u - star.g, g_r: star.g - star.r, r_i: star.r - star.i, i_z: star.i - star.z };
    colour[`${plane[0]}_${plane[1]}`] = x;
    colour[`${plane[2]}_${plane[3]}`] = y;
    const { r } = star, g = r + colour.g_r, i = r - colour.r_i;
    return { u: g + colour.u_g, g, r, i, z: i - colour.i_z };
  }

  const axes = ([a, b, c, d]) => [LIMITS[`${a}_${b}`], LIMITS[`${c}_${d}`]];
  /* The cell of a plane, counted from the upper left, in which a star lies. */
  function cellOf(plane, star) {
    const [xs, ys] = axes(plane);
    const at = (value, [low, high]) => Math.floor(((value - low) / (high - low)) * GRID);
    return [at(star[plane[0]] - star[plane[1]], xs), GRID - 1 - at(star[plane[2]] - star[plane[3]], ys)];
  }
  /* The cells of the diagrams' stars whose r and other colours are nearly the star's, which the plane keeps. */
  function alike(plane, kept) {
    const others = COLOURS.filter(([a, b]) => ![0, 2].some((k) => plane[k] === a && plane[k + 1] === b));
    return pages.stars().filter((star) => Math.abs(star.r - kept.r) <= BRIGHT
      && others.every(([a, b]) => Math.abs(star[a] - star[b] - kept[a] + kept[b]) <= ALIKE)).map((star) => cellOf(plane, star));
  }
  const fewest = () => (pages.stars().length < MANY ? 1 : FEWEST);
  /* Whether the star lies where a plane is grey for want of stars. */
  const isRare = (star) => pages.stars().length > 0 && PLANES.some((plane) => {
    const [x, y] = cellOf(plane, star);
    return alike(plane, star).filter(([a, b]) => Math.max(Math.abs(a - x), Math.abs(b - y)) <= REACH).length < fewest();
  });

  /* Whether stars of the diagrams lie within REACH of each cell of a plane; null without stars. */
  function near(plane, kept) {
    if (!pages.stars().length) return null;
    const known = new Uint16Array(GRID * GRID);
    for (const [a, b] of alike(plane, kept)) {
      for (let i = Math.max(a - REACH, 0); i <= Math.min(a + REACH, GRID - 1); i++) {
        for (let j = Math.max(b - REACH, 0); j <= Math.min(b + REACH, GRID - 1); j++) known[i + GRID * j]++;
      }
    }
    return known.map((count) => Number(count >= fewest()));
  }

  /* The cell of a region that is nearest to the mean of all its cells. */
  function middle(cells) {
    const [x, y] = [0, 1].map((k) => cells.reduce((sum, cell) => sum + cell[k], 0) / cells.length);
    const far = ([a, b]) => (a - x) ** 2 + (b - y) ** 2;
    return cells.reduce((best, cell) => (far(cell) < far(best) ? cell : best));
  }

  const taken = document.getElementById("taken");
  let gone, next = 0;
  function paint(star) {
    cancelAnimationFrame(next);
    next = requestAnimationFrame(() => paintNow(star));
  }

  function paintNow(star) {
    const plane = PLANES[Number(panel.querySelector("select").value)];
    const [xs, ys] = axes(plane);
    const { width, height } = canvas, context = canvas.getContext("2d");
    const left = 56, bottom = 52, top = 8, right = 8;
    const wide = width - left - right, high = height - top - bottom;
    const style = getComputedStyle(document.documentElement);
    context.clearRect(0, 0, width, height);
    const at = (range, k) => range[0] + ((k + 0.5) / GRID) * (range[1] - range[0]);
    const cells = regions.getContext("2d");
    const found = model.classes.map(() => []);
    const known = near(plane, star);
    for (let a = 0; a < GRID; a++) {
      for (let b = 0; b < GRID; b++) {
        const there = moved(star, plane, at(xs, a), at(ys, GRID - 1 - b));
        if ((known && !known[a + GRID * b]) || isFar(model, there)) {
          cells.fillStyle = style.getPropertyValue("--unlike");
          cells.fillRect(a, b, 1, 1);
          continue;
        }
        const number = classOf(model, there);
        cells.fillStyle = colours[model.classes[number]];
        cells.fillRect(a, b, 1, 1);
        found[number].push([a, b]);
      }
    }
    context.imageSmoothingEnabled = false;
    context.globalAlpha = 0.5;
    context.drawImage(regions, left, top, wide, high);
    context.globalAlpha = 1;
    const place = (x, y) => [left + ((x - xs[0]) / (xs[1] - xs[0])) * wide, top + (1 - (y - ys[0]) / (ys[1] - ys[0])) * high];
    context.fillStyle = context.strokeStyle = style.getPropertyValue("--ink");
    context.font = "22px system-ui, sans-serif";
    context.textAlign = "center";
    found.forEach((of, number) => {
      if (of.length < GRID * GRID * 0.01) return;
      const [a, b] = middle(of);
      context.fillText(model.classes[number], left + ((a + 0.5) / GRID) * wide, top + ((b + 0.5) / GRID) * high + 8);
    });
    for (let v = Math.ceil(xs[0]); v <= xs[1]; v++) context.fillText(String(v).replace("-", "−"), place(v, ys[0])[0], height - bottom + 24);
    context.fillText(`${plane[0]} − ${plane[1]} / mag`, left + wide / 2, height - 8);
    context.textAlign = "right";
    for (let v = Math.ceil(ys[0]); v <= ys[1]; v++) context.fillText(String(v).replace("-", "−"), left - 8, place(xs[0], v)[1] + 7);
    context.save();
    context.translate(20, top + high / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(`${plane[2]} − ${plane[3]} / mag`, 0, 0);
    context.restore();
    const [x, y] = place(star[plane[0]] - star[plane[1]], star[plane[2]] - star[plane[3]]);
    context.lineWidth = 7;
    context.strokeStyle = style.getPropertyValue("--paper");
    context.beginPath(); context.arc(x, y, 11, 0, 7); context.stroke();
    context.lineWidth = 3;
    context.strokeStyle = style.getPropertyValue("--ink");
    context.beginPath(); context.arc(x, y, 11, 0, 7); context.stroke();
  }

  for (const band of BANDS) {
    entries[band].slider.addEventListener("input", () => { entries[band].number.value = Number(entries[band].slider.value).toFixed(2); show(); });
    entries[band].number.addEventListener("input", () => { entries[band].slider.value = entries[band].number.value; show(); });
  }
  panel.querySelector("select").addEventListener("change", show);
  /* Of each class the star of the diagrams that is most probably of it, not flagged, and not far from others. */
  const idle = () => new Promise((go) => (globalThis.requestIdleCallback ?? setTimeout)(go, { timeout: 100 }));
  async function surest() {
    const most = {};
    for (const [k, star] of pages.stars().entries()) {
      if (k % 100 === 0) await idle(); // the page answers meanwhile
      const found = answer(model, star);
      const probability = Math.max(...found.probabilities);
      if (probability <= (most[found.class]?.probability ?? 0)) continue;
      if (!found.outside && !found.another && !isFar(model, star) && !isRare(star)) most[found.class] = { probability, star };
    }
    return most;
  }
  surest().then((most) => {
    panel.querySelectorAll("button[data-sure]").forEach((button) => {
      const name = button.dataset.sure;
      button.disabled = !(name in most);
      if (button.disabled) button.title = `The network calls none of the diagrams’ stars ${name} without a flag.`;
      else button.addEventListener("click", () => set(most[name].star));
    });
    panel.dataset.ready = "yes";
  });
  /* A star of a diagram is taken by a click on it. */
  document.addEventListener("drawn", ({ detail }) => {
    detail.view.addEventListener("click", (_, item) => {
      if (!item?.datum || !BANDS.every((band) => Number.isFinite(item.datum[band]))) return;
      set(item.datum);
      const link = Object.assign(document.createElement("a"), { href: "#try-it", textContent: "see Try the network" });
      taken.replaceChildren(`This star: ${panel.querySelector("[data-say=class]").textContent} by the network; `, link, ".");
      clearTimeout(gone);
      gone = setTimeout(() => taken.replaceChildren(), 8000);
    });
  });
  document.addEventListener("theme", show);
  show();
})();
