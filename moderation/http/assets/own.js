/** One's own comments: where they stand, changing and withdrawing them. A receipt proves that they are one's own. */

import { announce, keep, recall, words } from "./memory.js";
import { ask, codeOf, pause } from "./talk.js";
import { afterwards, placeOf, refresh } from "./thread.js";

const MOST = 50;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5000;
const NEWS = { approved: "published", held: "waits", spam: "refused", rejected: "refused" };
const GONE = [401, 404, 410];
const template = document.getElementById("own");
const receipts = recall("receipts", {});
const known = new Map();
const watched = new Set();

/** Give the receipt of an earlier comment, by which its author is known again. */
export function latestReceipt() {
  return Object.values(receipts).at(-1)?.receipt ?? null;
}

/** Take a comment in as one's own: keep its receipt, show it, and wait for its verdict. */
export function adopt(comment) {
  receipts[comment.id] = { receipt: comment.receipt, thread: comment.thread };
  for (const id of Object.keys(receipts).slice(0, -MOST)) {
    delete receipts[id];
  }
  keep("receipts", receipts);
  show(comment);
  watch(comment.id);
}

/** Show again what was sent from this browser before, and wait for what is not decided yet. */
export function resume(thread) {
  afterwards(mark);
  for (const [id, kept] of Object.entries(receipts)) {
    if (kept.thread === thread) {
      meet(id);
    }
  }
}

async function meet(id) {
  const own = await look(id);
  if (own === null) {
    return;
  }
  show(own);
  watch(id);
}

/** Ask where a comment stands, ever more rarely, until it is decided. */
async function watch(id) {
  if (watched.has(id)) {
    return;
  }
  watched.add(id);
  for (let wait = FIRST_PAUSE; receipts[id] && isOpen(known.get(id)); wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    await pause(wait);
    if (!receipts[id]) {
      break; // It was withdrawn meanwhile.
    }
    const before = known.get(id);
    const own = await look(id);
    if (own && (own.status !== before.status || own.html !== before.html)) {
      await changed(own, before);
    }
  }
  watched.delete(id);
}

async function changed(own, before) {
  show(own);
  if (own.status === "approved") {
    await refresh();
  }
  if (own.status !== before.status && NEWS[own.status]) {
    announce([words.said[NEWS[own.status]], words.reasons[own.reason]].filter(Boolean).join(" "));
  }
}

/** Say whether there is more to wait for: a verdict, or the worker that draws the text. */
function isOpen(own) {
  return own?.status === "pending" || (own?.status === "approved" && own.html === null);
}

async function look(id) {
  const answer = await ask("GET", addressOf(id), { headers: proof(id) });
  if (!receipts[id]) {
    return null; // It was withdrawn meanwhile, and what was seen before is not to come back.
  }
  if (GONE.includes(answer.status) || answer.document.status === "deleted") {
    forget(id);
    return null;
  }
  if (answer.status !== 200) {
    return null;
  }
  known.set(id, answer.document);
  return answer.document;
}

function forget(id) {
  delete receipts[id];
  known.delete(id);
  keep("receipts", receipts);
  const place = placeOf(id);
  if (place?.matches(".own")) {
    place.remove();
  }
}

/** Show a comment that only its author sees; one that is public is on the page already. */
function show(own) {
  known.set(own.id, own);
  if (own.status !== "approved") {
    draw(own, placeOf(own.id) ?? make(own));
  }
  mark();
}

function make(own) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.id = `comment-${own.id}`;
  const parent = own.parent && placeOf(own.parent);
  (parent ? parent.lastElementChild : document.getElementById("thread")).append(item);
  document.getElementById("silence").hidden = true;
  return item;
}

function draw(own, item) {
  if (item.firstElementChild.querySelector(".editing")) {
    return; // Whatever happened meanwhile, nobody's words are taken out of their hands.
  }
  const article = template.content.querySelector("article").cloneNode(true);
  article.dataset.state = `own ${own.status} ${own.edited_at}`;
  article.querySelector(".initial").textContent = [...own.author.name][0]?.toUpperCase() ?? "";
  article.querySelector(".author").textContent = own.author.name;
  article.querySelector("time").dateTime = own.created_at;
  article.querySelector("time").textContent = words.said.now;
  article.querySelector(".plain").textContent = own.text;
  article.append(standing(own));
  item.classList.add("own");
  item.firstElementChild.replaceWith(article);
}

function standing(own) {
  const line = element("p", "why");
  line.append(element("span", `standing standing-${own.status}`, words.said[own.status]), " ");
  line.append([words.reasons[own.reason], words.said.own].filter(Boolean).join(" "));
  if (own.appeal) {
    const appeal = element("a", "", words.said.appeal);
    appeal.href = `${words.status}#${own.receipt}`;
    line.append(" ", appeal);
  }
  return line;
}

/** Give every comment of one's own its tools. */
function mark() {
  for (const [id, own] of known) {
    const article = placeOf(id)?.firstElementChild;
    if (article && !article.querySelector(".own-tools, .editing")) {
      tools(own, article);
    }
  }
}

function tools(own, article) {
  const row = article.querySelector(".tools") ?? element("p", "tools");
  row.classList.add("own-tools");
  if (["pending", "approved", "held"].includes(own.status) && new Date(own.editable_until) > Date.now()) {
    row.append(button(words.said.edit, () => edit(own, article, row)));
  }
  row.append(button(words.said.withdraw, () => confirm(own, article, row)));
  article.append(row);
}

function edit(own, article, row) {
  const form = element("div", "editing");
  const area = element("textarea");
  area.value = own.text;
  area.dir = "auto";
  area.setAttribute("aria-label", words.said["edit-label"]);
  const close = () => {
    form.replaceWith(row);
    article.querySelector(".words").hidden = false;
    row.querySelector("button")?.focus();
    refresh();
  };
  form.append(area, choices(form, words.said.save, () => save(own, area, form), words.said.cancel, close));
  article.querySelector(".words").hidden = true;
  row.replaceWith(form);
  area.focus();
}

async function save(own, area, form) {
  const answer = await ask("PATCH", addressOf(own.id), { headers: proof(own.id), body: { text: area.value } });
  if (answer.status !== 200) {
    complain(form, answer);
    return;
  }
  form.remove();
  show(answer.document);
  placeOf(own.id).firstElementChild.focus();
  announce(words.said.arrived);
  watch(own.id);
}

function confirm(own, article, row) {
  const question = element("div", "editing");
  const close = () => {
    question.replaceWith(row);
    row.querySelector("button:last-of-type").focus();
  };
  const yes = () => withdraw(own, question);
  question.append(element("p", "", words.said.really));
  question.append(choices(question, words.said.withdraw, yes, words.said.keep, close));
  row.replaceWith(question);
  question.querySelector("button").focus();
}

async function withdraw(own, question) {
  const answer = await ask("DELETE", addressOf(own.id), { headers: proof(own.id) });
  if (answer.status !== 200) {
    complain(question, answer);
    return;
  }
  placeOf(own.id)?.classList.add("own");
  forget(own.id);
  await refresh();
  announce(words.said.withdrawn);
  document.getElementById("comments").focus();
}

function complain(form, answer) {
  const known = { 0: words.said.offline, 409: words.said[codeOf(answer)] };
  const fault = (answer.document.errors ?? [])[0];
  const sentence = known[answer.status] ?? words.required[fault?.pointer] ?? words.said.failed;
  const line = form.querySelector(".fault") ?? element("p", "fault");
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  form.append(line);
}

function choices(form, first, onFirst, second, onSecond) {
  const row = element("p");
  row.append(button(first, onFirst), button(second, onSecond, "second"));
  return row;
}

function button(label, act, kind = "") {
  const made = element("button", kind, label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function element(name, kind = "", text = "") {
  const made = document.createElement(name);
  if (kind) {
    made.className = kind;
  }
  made.textContent = text;
  return made;
}

function addressOf(id) {
  return `/v1/comments/${id}`;
}

function proof(id) {
  return { Authorization: `Receipt ${receipts[id].receipt}` };
}
