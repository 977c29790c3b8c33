// Runs unlock.js against a real emulator, with the few parts of a browser that it touches. Arguments: the script, the
// emulator's address, the token to type. Prints one JSON object.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const [script, root, token] = process.argv.slice(2);
const asked = [];
const kept = new Map();
const element = (more = {}) => ({ hidden: true, focus() {}, addEventListener() {}, ...more });
const said = [];
let submit = null;
const elements = {
  unlock: element({ addEventListener: (_, listener) => (submit = listener) }),
  token: element({ value: token }),
  wrong: element({ replaceChildren: (child) => said.push(child.textContent) }),
};
let added = null;
const world = {
  AbortController, TextDecoderStream, console, setTimeout,
  EventSource: { CONNECTING: 0, OPEN: 1, CLOSED: 2 },
  DOMParser: class { parseFromString = (text) => ({ title: "page", body: { text } }); },
  fetch: (address, options) => {
    asked.push({ address, authorization: options.headers.Authorization });
    return fetch(new URL(address, root), options);
  },
  location: { reload() {} },
  sessionStorage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) },
  document: {
    getElementById: (id) => elements[id],
    createElement: () => ({}),
    adoptNode: (node) => node,
    body: { replaceWith: (body) => (world.document.shown = body.text) },
    head: { append: (node) => (added = node.src) },
  },
};
vm.createContext(world);
vm.runInContext(readFileSync(script, "utf-8"), world);
submit({ preventDefault() {} });
for (let turn = 0; turn < 400 && !added && !said.length; turn++) await new Promise((go) => setTimeout(go, 25));
const sections = [];
let opened = false;
if (added) {
  const stream = new world.unlocked.Stream("/_emulator/page/events");
  stream.onopen = () => (opened = true);
  stream.onerror = () => {};
  stream.onmessage = (event) => sections.push(JSON.parse(event.data).id);
  for (let turn = 0; turn < 400 && sections.length < 10; turn++) await new Promise((go) => setTimeout(go, 25));
  stream.close();
}
const shown = world.document.shown ?? "";
console.log(JSON.stringify({ asked, said, added, opened, sections, kept: kept.size, jobs: shown.includes('id="jobs"') }));
process.exit(0);
