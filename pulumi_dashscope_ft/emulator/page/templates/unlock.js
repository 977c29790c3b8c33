// Asks for the control token, and sends it with every request of the page. In a header: an address ends up in histories
// and in the Referer. Not in a cookie: browsers send those to every port of this machine.
"use strict";

{
  const KEPT = "control-token";
  const form = document.getElementById("unlock");
  const field = document.getElementById("token");

  const withToken = (token) => {
    const request = (address, options = {}) =>
      fetch(address, { ...options, headers: { Authorization: `Bearer ${token}` } });

    // What page.js uses of EventSource, which can't send a header.
    class Stream {
      readyState = EventSource.CONNECTING;
      #end = new AbortController();

      constructor(address) {
        this.#follow(address);
      }

      close() {
        this.readyState = EventSource.CLOSED;
        this.#end.abort();
      }

      async #follow(address) {
        try {
          const answer = await request(address, { signal: this.#end.signal });
          if (answer.status === 401) return lock();
          if (answer.ok) await this.#read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
        } catch {
          // No answer, or the end of one: page.js tries again.
        }
        if (this.readyState === EventSource.CLOSED) return;
        this.readyState = EventSource.CLOSED;
        this.onerror();
      }

      async #read(reader) {
        this.readyState = EventSource.OPEN;
        this.onopen();
        for (let rest = ""; ; ) {
          const { done, value } = await reader.read();
          if (done) return;
          const blocks = (rest + value).split("\n\n");
          rest = blocks.pop();
          for (const block of blocks) if (block.startsWith("data: ")) this.onmessage({ data: block.slice(6) });
        }
      }
    }
    return { request, Stream };
  };

  const lock = () => {
    sessionStorage.removeItem(KEPT);
    location.reload();
  };

  const say = (text) => {
    const said = document.createElement("p");
    said.className = "problem";
    said.textContent = text;
    document.getElementById("wrong").replaceChildren(said);
    form.hidden = false;
    field.focus();
  };

  const unlock = async (token) => {
    const unlocked = withToken(token);
    let answer;
    try {
      answer = await unlocked.request("/");
    } catch {
      return say("The emulator does not answer.");
    }
    if (!answer.ok) {
      sessionStorage.removeItem(KEPT);
      return say("That is not the token of this emulator.");
    }
    sessionStorage.setItem(KEPT, token);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    globalThis.unlocked = unlocked;
    const script = document.createElement("script");
    script.src = "/_emulator/page/page.js";
    document.head.append(script);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    unlock(field.value.trim());
  });
  const kept = sessionStorage.getItem(KEPT);
  if (kept) unlock(kept);
  else form.hidden = false;
}
