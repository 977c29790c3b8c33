// Keeps the page current without reloading it. The server draws; this only swaps in what changed, node by node, so
// that focus, scroll, open details and half-filled forms stay as they are. Without it the page works all the same.
"use strict";

const byId = (parent, id) => [...parent.children].find((child) => child.id === id);

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  // Whether details are open is the reader's choice.
  const own = (name) => name === "open" && old.nodeName === "DETAILS";
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !own(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (!own(name)) old.setAttribute(name, value);
  for (const child of [...old.children]) if (child.id && !byId(fresh, child.id)) child.remove();
  let here = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const known = child.id ? byId(old, child.id) : null;
    const alike = here && !here.id && !child.id && here.nodeName === child.nodeName;
    const same = known || (alike ? here : null);
    if (!same) {
      old.insertBefore(child, here);
      continue;
    }
    if (same === here) here = here.nextSibling;
    else old.insertBefore(same, here);
    morph(same, child);
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
}

function swap(id, fresh) {
  const old = document.getElementById(id);
  if (!old) return;
  const held = old.contains(document.activeElement);
  const shell = old.cloneNode(false);
  shell.append(...fresh);
  morph(old, shell);
  // A pressed button may be gone by now; the keyboard goes on from its section.
  if (held && !old.contains(document.activeElement)) old.focus({ preventScroll: true });
}

// With a control token, unlock.js has put in place what sends it along.
const { request = fetch, Stream = EventSource } = globalThis.unlocked ?? {};
const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
const link = document.getElementById("link");
let source = null;

function say(state, text) {
  document.body.dataset.link = state;
  if (link.textContent !== text) link.textContent = text;
}

function listen() {
  // The address says what the reader has chosen to see.
  source = new Stream("/_emulator/page/events" + location.search);
  source.onopen = () => say("live", "live");
  source.onmessage = (event) => {
    const { id, html } = JSON.parse(event.data);
    swap(id, parsed(html).body.childNodes);
  };
  source.onerror = () => {
    say("lost", "no answer; trying again");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
}

// A page nobody sees asks for nothing.
document.addEventListener("visibilitychange", () => {
  source.close();
  if (!document.hidden) listen();
});

const filter = document.getElementById("filter");
const fields = filter.querySelectorAll("#filter-text, #filter-status");
let typed = 0;
// A page that asked for its token first was drawn without its address.
for (const field of fields) field.value = new URLSearchParams(location.search).get(field.name) ?? "";

function choose() {
  clearTimeout(typed);
  const chosen = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value));
  const query = String(chosen) && `?${chosen}`;
  if (query === location.search) return;
  history.replaceState(null, "", "/" + query);
  source.close();
  listen();
}

filter.addEventListener("change", choose);
filter.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(choose, 150);
});

document.addEventListener("click", (event) => {
  if (event.target.id !== "show-all" || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const field of fields) field.value = "";
  choose();
  fields[0].focus();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form === filter) return choose();
  const filled = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await request(form.action, { method: "POST", body: filled });
    const page = parsed(await answer.text());
    for (const section of page.querySelectorAll("[data-live]")) swap(section.id, section.childNodes);
    if (answer.ok && "clears" in form.dataset) form.reset();
  } catch {
    say("lost", "no answer; trying again");
  }
});

listen();
