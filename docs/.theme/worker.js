// Browsers start no worker from a file on disk: there, the search works in a frame instead.
if (location.protocol === "file:") {
  window.Worker = class {
    #frame = document.createElement("iframe");
    #ready;

    constructor(address) {
      this.#frame.hidden = true;
      document.documentElement.append(this.#frame);
      const inside = this.#frame.contentWindow;
      // Later and as copies, as between a page and a worker.
      inside.postMessage = (data) =>
        setTimeout(() => this.onmessage?.({ data: structuredClone(data) }));
      this.#ready = new Promise((resolve) => {
        const script = inside.document.createElement("script");
        script.src = address;
        script.onload = () => resolve(inside);
        script.onerror = () => this.onerror?.(new Event("error", { cancelable: true }));
        inside.document.body.append(script);
      });
    }

    postMessage(data) {
      this.#ready.then((inside) =>
        setTimeout(() => inside.onmessage({ data: inside.structuredClone(data) })),
      );
    }

    terminate() {
      this.#frame.remove();
    }
  };
}
