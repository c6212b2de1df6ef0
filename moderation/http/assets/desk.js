/** The desk with a keyboard: the next card is there before the server has answered, and the server has the last word. */

import { acts, presses, replying, sign } from "./answering.js";
import { filled, reading, watch, words } from "./company.js";
import { explain } from "./explain.js";
import { swipe } from "./swipe.js";

const AHEAD = 2;
const BECOMES = { approve: "approved", reject: "rejected", spam: "spam", hold: "held" };
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const policy = globalThis.trustedTypes?.createPolicy("lychgate", { createHTML: (html) => html });

const desk = document.querySelector(".desk");
const verbs = new Map(Object.entries(JSON.parse(desk.dataset.verbs)).map(([verb, key]) => [key, verb]));
const place = document.querySelector(".place");
const notice = document.querySelector(".notice");
const said = notice.querySelector("[data-said]");
const undoing = notice.querySelector("form");
const help = document.getElementById("help");
const together = document.querySelector(".together");
const list = document.querySelector(".lines");
const lines = [...document.querySelectorAll(".lines li")];
const cards = new Map();
const made = [];
const citing = explain(place, (title) => tell(filled(words.said.rule, { title }), { undo: made.length > 0 }));

/** Give the card in view; there is none when nothing is left. */
function card() {
  return place.querySelector(".card");
}

function lineOf(id) {
  return lines.find((line) => line.dataset.id === id);
}

function fetched(id) {
  if (!cards.has(id)) {
    const kind = lineOf(id)?.dataset.kind ?? "comments";
    const asked = fetch(`/console/${kind}/${id}?bare=1&${desk.dataset.query}`, { credentials: "same-origin" });
    const text = asked.then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)));
    cards.set(id, text);
    text.catch(() => cards.delete(id));
  }
  return cards.get(id);
}

function fragment(html) {
  const parsed = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  return [...parsed.body.childNodes];
}

/** Show a card, mark its line, and fetch what comes after it. */
async function show(id, { focus = true } = {}) {
  const wanted = lineOf(id);
  for (const line of lines) {
    line.classList.toggle("current", line === wanted);
    line.querySelector("a").toggleAttribute("aria-current", line === wanted);
  }
  wanted?.querySelector("a").setAttribute("aria-current", "true");
  wanted?.scrollIntoView({ block: "nearest" });
  desk.classList.add("reading");
  desk.dataset.at = id;
  reading(id);
  try {
    const html = await fetched(id);
    if (desk.dataset.at !== id) {
      return; // Another card was asked for meanwhile.
    }
    place.replaceChildren(...fragment(html));
    merged(id, wanted);
  } catch {
    tell(words.said.away);
    return;
  }
  history.replaceState(null, "", `/console/?${desk.dataset.query}${desk.dataset.query ? "&" : ""}comment=${desk.dataset.at}`);
  globalThis.scrollTo(0, 0);
  if (focus) {
    card().focus({ preventScroll: true });
  }
  lines
    .slice(lines.indexOf(wanted) + 1, lines.indexOf(wanted) + 1 + AHEAD)
    .forEach((line) => fetched(line.dataset.id).catch(() => {}));
}

/** What was merged meanwhile has the card of what it was merged into: that is what is read, and the old line is done. */
function merged(id, line) {
  const stands = card()?.dataset.id ?? id;
  if (stands !== id) {
    cards.delete(id);
    line?.classList.add("done");
    desk.dataset.at = stands;
    reading(stands);
  }
}

function step(by) {
  const at = lines.findIndex((line) => line.classList.contains("current"));
  const next = lines[at + by];
  if (next) {
    show(next.dataset.id);
  } else if (by > 0) {
    document.querySelector(".more a")?.click();
  }
}

/** Go on to what is not decided yet, after this line first; where all is done, say so. */
function onwards(from) {
  const at = lines.indexOf(from);
  const left = [...lines.slice(at + 1), ...lines.slice(0, at)].filter((line) => !line.classList.contains("done"));
  const open = left.find((line) => !line.dataset.reader) ?? (document.querySelector(".more a") ? null : left[0]);
  if (open) {
    show(open.dataset.id);
    return;
  }
  const more = document.querySelector(".more a");
  if (more) {
    more.click();
    return;
  }
  delete desk.dataset.at;
  place.replaceChildren(document.getElementById("done").content.cloneNode(true));
  document.getElementById("card").focus({ preventScroll: true });
}

function tell(sentence, { late = false, undo = false } = {}) {
  notice.hidden = false;
  notice.classList.toggle("late", late);
  said.textContent = sentence;
  undoing.hidden = !undo;
}

async function send(address, body, headers = {}) {
  const answer = await fetch(address, {
    keepalive: true, // It arrives also where the page is turned meanwhile.
    method: "POST",
    body,
    headers: { Accept: "application/json", ...headers },
    credentials: "same-origin",
  });
  const document_ = await answer.json();
  if (!answer.ok) {
    throw Object.assign(new Error(document_.detail), { told: true, status: answer.status });
  }
  return document_.items;
}

function look(line, status) {
  const state = line?.querySelector(".state");
  if (state) {
    state.className = `state ${status}`;
    state.textContent = words.states[status];
  }
}

/** Decide the card in view: it is done here at once, and taken back if the server says otherwise. */
async function decide(action) {
  const form = card()?.querySelector(".decide");
  if (!form || card().dataset.id !== desk.dataset.at) {
    return; // Nothing is in view, or what is in view is about to give way to another.
  }
  const { id, version, status } = card().dataset;
  const line = lineOf(id);
  const body = new FormData(form);
  body.set("action", action);
  const entry = { id, line, status, was: line?.classList.contains("done") ?? false };
  made.push(entry);
  cards.delete(id);
  line?.classList.add("done");
  look(line, BECOMES[action]);
  const rule = action === "reject" && citing.cited(card());
  tell(rule ? `${words.done[action]}: ${rule}.` : `${words.done[action]}.`, { undo: true });
  entry.sent = send(form.getAttribute("action"), body, { "If-Match": `"${version}"` });
  onwards(line);
  try {
    const [fact] = await entry.sent;
    renumber(line, id, fact.version);
    if (fact.told && made.at(-1) === entry) {
      tell(fact.told, { undo: true });
    }
  } catch (error) {
    made.splice(made.indexOf(entry), 1);
    refused(entry, error);
  }
}

/** Answer from the card in view: it is shown anew when the server has done it. */
async function answer(form, pressed) {
  const { id, status } = card().dataset;
  const line = lineOf(id);
  const entry = { id, line, status, was: line?.classList.contains("done") ?? false, ...acts(form, pressed, send) };
  pressed.disabled = true;
  try {
    const facts = await entry.sent;
    made.push(entry);
    learn(entry, facts);
    if (desk.dataset.at === id) {
      await show(id);
    }
    line?.classList.toggle("done", entry.was || facts.length > 1);
    tell(facts[0].told, { undo: true });
  } catch (error) {
    pressed.disabled = false;
    tell(error.told ? error.message : words.said.away, { late: true });
  }
}

/** Take over what the server says of the comment itself; it may have said something of a reply, too. */
function learn({ id, line }, facts) {
  cards.delete(id);
  for (const { comment, status, version } of facts) {
    if (comment === id && status) {
      look(line, status);
      renumber(line, id, version);
    }
  }
}

/** Take back what was shown too early, and say why. */
function refused({ id, line, status, was }, error) {
  line?.classList.toggle("done", was);
  line?.classList.add("late");
  look(line, status);
  cards.delete(id);
  tell(error.told ? error.message : words.said.away, { late: true });
  if (error.status === 412) {
    line?.classList.add("done");
    show(id);
  } else if (error.status === 422) {
    cards.clear(); // The site's house rules changed meanwhile; cards fetched before offer one that is gone.
    show(id);
  } else if (error.status === 401) {
    location.reload();
  }
}

function renumber(line, id, version) {
  const box = line?.querySelector("input");
  if (box) {
    box.value = `${id}:${version}`;
    line.dataset.version = version;
  }
}

/** Take the last decision back; it may still be on its way. */
async function undo() {
  const entry = made.pop();
  if (!entry) {
    if (!undoing.hidden && !notice.hidden) {
      undoing.submit();
    }
    return;
  }
  const body = new FormData(undoing);
  try {
    const facts = await entry.sent;
    body.delete("decision");
    facts.forEach(({ decision }) => decision && body.append("decision", decision));
    const undone = await (entry.back?.() ?? send("/console/undo", body));
    entry.line?.classList.toggle("done", entry.was);
    learn(entry, undone);
    tell(undone[0].told ?? words.said.undone, { undo: made.length > 0 });
    show(entry.id);
  } catch (error) {
    tell(error.told ? error.message : words.said.away, { late: true });
  }
}

function picked() {
  return lines.filter((line) => line.querySelector("input").checked);
}

function count() {
  const number = picked().length;
  const every = together?.querySelector("[name=all]")?.checked ?? false;
  together?.classList.toggle("idle", number === 0 && !every);
  const label = together?.querySelector("[data-picked]");
  if (label) {
    label.textContent = number ? filled(words.said.selected, { number }) : words.said.select;
  }
}

function select() {
  const box = document.querySelector(".lines li.current input");
  if (box) {
    box.checked = !box.checked;
    count();
  }
}

function press(action) {
  if (picked().length > 0) {
    together.querySelector(`[value=${action}]`).click();
  } else {
    decide(action);
  }
}

const DOES = {
  next: () => step(1),
  before: () => step(-1),
  reply: () => replying(card()),
  pin: () => presses(card(), "pinned"),
  close: () => presses(card(), "closed"),
  undo,
  select,
  search: () => document.getElementById("q").focus(),
  help: () => help.showModal(),
};

function pressed(event) {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || help.open;
  if (busy || !keys.checked || event.target.closest(TYPING)) {
    return;
  }
  const verb = verbs.get(event.key);
  const does = verb in BECOMES ? () => press(verb) : (DOES[verb] ?? citing.choice(card(), event.key));
  if (does && !(event.repeat && verb in BECOMES)) {
    event.preventDefault();
    does();
  }
}

const keys = document.querySelector("[data-keys]");
keys.checked = localStorage.getItem("lychgate-keys") !== "off";
keys.addEventListener("change", () => localStorage.setItem("lychgate-keys", keys.checked ? "on" : "off"));

document.addEventListener("keydown", pressed);
document.getElementById("q").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.target.blur();
  }
});
const asking = document.querySelector("[data-help]");
asking.hidden = false;
asking.addEventListener("click", () => help.showModal());

place.addEventListener("submit", (event) => {
  if (event.target.matches(".decide")) {
    event.preventDefault();
    decide(event.submitter.value);
  } else if (event.target.matches(".act")) {
    event.preventDefault();
    answer(event.target, event.submitter);
  }
});
place.addEventListener("click", (event) => {
  if (event.target.closest(".back a")) {
    event.preventDefault();
    desk.classList.remove("reading");
    document.querySelector(".lines li.current a")?.focus();
  }
});
place.addEventListener("toggle", (event) => event.target.matches(".replying[open]") && sign(event.target), true);
undoing.addEventListener("submit", (event) => {
  if (made.length > 0) {
    event.preventDefault();
    undo();
  }
});
list?.addEventListener("click", (event) => {
  const line = event.target.closest("a")?.closest("li");
  if (line && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(line.dataset.id);
  }
});
document.querySelector(".many")?.addEventListener("change", count);
count();
if (card()) {
  desk.dataset.at = card().dataset.id;
  reading(card().dataset.id);
}

/** Put lines that are new before the one that they come before, and leave the card in view as it is. */
function insert(html) {
  const fresh = fragment(`<ol>${html}</ol>`)[0].querySelectorAll("li[data-id]");
  let before = null;
  for (const line of [...fresh].reverse()) {
    const known = lineOf(line.dataset.id);
    if (known) {
      before = known;
    } else {
      line.classList.remove("current");
      const place = before ? lines.indexOf(before) : lines.length;
      list.insertBefore(line, before);
      lines.splice(place, 0, line);
      before = line;
    }
  }
  count();
}

watch({ desk, lines, insert });
if ("swipes" in desk.dataset) {
  swipe(place, decide);
}

const at = lines.findIndex((line) => line.classList.contains("current"));
lines.slice(at + 1, at + 1 + AHEAD).forEach((line) => fetched(line.dataset.id).catch(() => {}));
