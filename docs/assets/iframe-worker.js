// Browsers start no worker on a page that was opened as a file. Here the search's script runs in a hidden frame instead.
"use strict";
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      const inside = frame.contentWindow;
      this.inside = inside;
      const answer = data => this.dispatchEvent(new MessageEvent("message", { data }));
      inside.document.open();
      // A worker's own functions: its messages go to this page, and it loads scripts one after the other.
      inside.postMessage = answer;
      inside.importScripts = (...urls) => urls.reduce((done, next) => done.then(() => new Promise((loaded, failed) => {
        const script = inside.document.createElement("script");
        script.src = next;
        script.onload = loaded;
        script.onerror = failed;
        inside.document.body.appendChild(script);
      })), Promise.resolve());
      const ready = new Promise(loaded => { inside.scriptIsLoaded = loaded; });
      inside.document.write(`<!doctype html><body><script src="${url}" onload="scriptIsLoaded()"></` + "script></body>");
      inside.document.close();
      this.ready = ready;
    }
    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
  window.Worker = window.IFrameWorker;
}
