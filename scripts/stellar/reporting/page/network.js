"use strict";
/* The trained network as this page uses it: the arithmetic of the command `stellar-types`.
   `pages.network.answer(model, values)` says what `classify` would say of one star. */
(() => {
  const BANDS = ["u", "g", "r", "i", "z"];
  const FAR = 2.4, NEAR = 1, SHARE = 0.25; // as in stellar.classify.judge
  const REMOTE = 4; // squared distance per value that one of 1,000 stars of a kind has
  const ACTIVATIONS = {
    Relu: (x) => Math.max(x, 0),
    Tanh: Math.tanh,
    Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    Softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    Elu: (x) => (x > 0 ? x : Math.expm1(x)),
    Selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
    Swish: (x) => x / (1 + Math.exp(-x)),
  };

  function floats(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  }

  /* Weights from the page's text; once. */
  function read(data) {
    const members = data.members.map((steps) =>
      steps.map((step) => ({ ...step, kernel: floats(step.kernel), bias: floats(step.bias) })),
    );
    return { ...data, members };
  }

  function softmax(logits) {
    const most = Math.max(...logits);
    const shares = Array.from(logits, (value) => Math.exp(value - most));
    const sum = shares.reduce((a, b) => a + b, 0);
    return shares.map((value) => value / sum);
  }

  function dense(step, input) {
    const width = step.bias.length;
    const output = Float64Array.from(step.bias);
    for (let i = 0; i < input.length; i++) {
      const value = input[i];
      if (value === 0) continue;
      for (let j = 0, k = i * width; j < width; j++, k++) output[j] += value * step.kernel[k];
    }
    const activation = ACTIVATIONS[step.activation];
    if (activation) for (let j = 0; j < width; j++) output[j] = activation(output[j]);
    return output;
  }

  /* Probabilities as the network gives them: the mean of its members. */
  function raw(model, values) {
    const features = model.features.map((columns, k) => {
      const value = columns.length === 1 ? values[columns[0]] : values[columns[0]] - values[columns[1]];
      return Math.fround((Math.fround(value) - model.mean[k]) / model.std[k]);
    });
    const each = model.members.map((steps) => softmax(steps.reduce((x, step) => dense(step, x), features)));
    return model.classes.map((_, k) => each.reduce((sum, shares) => sum + shares[k], 0) / each.length);
  }

  function tempered(shares, temperature) {
    return softmax(shares.map((share) => Math.log(Math.max(share, 1e-12)) / temperature));
  }

  const logSum = (logs) => {
    if (!logs.length) return -Infinity;
    const most = Math.max(...logs);
    return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
  };

  /* Log-odds of being no star O to M, and squared distance from the nearest kind. */
  function placed(model, values) {
    const { kinds, centre, scale, means, whiteners, constants } = model.densities;
    const standard = model.columns.map((name, k) => (values[name] - centre[k]) / scale[k]);
    const inside = [], others = [];
    let far = Infinity;
    kinds.forEach((kind, k) => {
      let square = 0;
      for (let e = 0; e < standard.length; e++) {
        let sum = 0;
        for (let d = 0; d < standard.length; d++) sum += (standard[d] - means[k][d]) * whiteners[k][d][e];
        square += sum * sum;
      }
      far = Math.min(far, square);
      (model.classes.includes(kind) ? inside : others).push(constants[k] - square / 2);
    });
    return { odds: logSum(others) - logSum(inside), far };
  }

  /* Whether a value lies beyond the training's range, or the star is near with two bands exchanged. */
  function isUnlike(model, values, far) {
    if (model.outside !== null && far > model.outside) return true;
    if (model.limits.some(([name, low, high]) => values[name] < low || values[name] > high)) return true;
    const width = model.columns.length;
    if (far <= FAR * width) return false;
    const bands = BANDS.filter((band) => model.columns.includes(band));
    const orders = [bands, ...bands.flatMap((a, k) => bands.slice(k + 1).map((b) => [a, b]))];
    const moved = (of) => ({ ...values, ...Object.fromEntries(of.map((band, k) => [band, values[of[of.length - 1 - k]]])) });
    const nearest = Math.min(...orders.map((of) => placed(model, moved(of)).far));
    return nearest < Math.min(SHARE * far, NEAR * width);
  }

  /* Whether values lie far from each kind of star of the training, less so than for a flag. */
  const isFar = (model, values) => placed(model, values).far > REMOTE * model.columns.length;

  /* What is said of one star: probabilities, class, conformal set, flags. */
  function answer(model, values) {
    const given = raw(model, values);
    const probabilities = tempered(given, model.temperature);
    const { odds, far } = placed(model, values);
    return {
      probabilities,
      class: model.classes[probabilities.indexOf(Math.max(...probabilities))],
      set: model.classes.filter((_, k) => model.thresholds[k] !== null && given[k] >= model.thresholds[k]),
      outside: isUnlike(model, values, far),
      another: model.another !== null && odds > model.another,
    };
  }

  /* The most probable class alone: what decision regions need, thousands of times. */
  function classOf(model, values) {
    const given = raw(model, values);
    return given.indexOf(Math.max(...given));
  }

  globalThis.pages = { ...globalThis.pages, network: { read, answer, classOf, isFar } };
})();
