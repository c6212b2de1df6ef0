/** The thread: keeps what is shown in step with what is public, without moving anything that stays. */

import { announce, words } from "./memory.js";
import { ask, pause } from "./talk.js";

const EVERY = 15_000;

/** Milliseconds after which a form's token is exchanged for a new one, well before it runs out. */
export const OLD_TOKEN = 12 * 3600 * 1000;

const policy = globalThis.trustedTypes?.createPolicy("lychgate", { createHTML: (html) => html });
const list = document.getElementById("thread");
const listeners = [];
let tag = null;
let tokenSince = performance.now();

/** Have something done after each time the thread was brought up to date. */
export function afterwards(listener) {
  listeners.push(listener);
}

/** Give a comment's place in the list. */
export function placeOf(id) {
  return document.getElementById(`comment-${id}`);
}

/** Bring the thread up to date from the page itself, which is drawn by the server alone. */
export async function refresh({ token = false } = {}) {
  const page = await currentPage();
  if (page === null) {
    return;
  }
  const fresh = merge(list, page.getElementById("thread"));
  document.getElementById("count").textContent = page.getElementById("count").textContent;
  document.getElementById("silence").hidden = list.childElementCount > 0;
  if (token || performance.now() - tokenSince > OLD_TOKEN) {
    takeToken(page);
  }
  listeners.forEach((listener) => listener());
  return fresh;
}

/** Look for changes now and then while somebody looks at the page. */
export async function follow() {
  for (;;) {
    await pause(EVERY);
    const answer = await ask("GET", words.list, { headers: tag ? { "If-None-Match": tag } : {} });
    const changed = answer.status === 200 && tag !== null && answer.tag !== tag;
    tag = answer.tag ?? tag;
    if (changed && (await refresh()) > 0) {
      announce(words.said.new);
    }
  }
}

/** Write moments as people say them, again and again. */
export function tellTime() {
  const format = new Intl.RelativeTimeFormat(words.language);
  const write = () => document.querySelectorAll(".comments time").forEach((time) => {
    time.textContent = ago(format, new Date(time.dateTime));
  });
  write();
  setInterval(write, 30_000);
}

function ago(format, moment) {
  const seconds = (Date.now() - moment) / 1000;
  const steps = [[60, "minute"], [3600, "hour"], [86_400, "day"], [604_800, "week"], [2_629_746, "month"], [31_556_952, "year"]];
  const [size, unit] = steps.findLast(([step]) => seconds >= step) ?? [0, ""];
  return unit ? format.format(-Math.floor(seconds / size), unit) : words.said.now;
}

async function currentPage() {
  try {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store", credentials: "omit" });
    const html = await answer.text();
    return answer.ok ? new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html") : null;
  } catch {
    return null;
  }
}

/** Make one list say what another says; what did not change is not touched. Gives how many comments are new. */
function merge(into, from) {
  let fresh = 0;
  let last = null;
  for (const theirs of [...from.children]) {
    let ours = document.getElementById(theirs.id);
    if (ours === null) {
      ours = document.importNode(theirs, true);
      ours.classList.add("arrived");
      fresh += ours.querySelectorAll("article").length;
      insertAfter(into, last, ours);
    } else {
      change(ours, theirs);
      fresh += merge(ours.lastElementChild, theirs.lastElementChild);
    }
    last = ours;
  }
  const there = new Set([...from.children].map((item) => item.id));
  [...into.children].filter((item) => !there.has(item.id) && !item.matches(".own")).forEach((item) => item.remove());
  return fresh;
}

function insertAfter(into, last, item) {
  if (last === null) {
    into.prepend(item);
  } else {
    last.after(item);
  }
}

/** Put a newer state of one comment in place of the older, and leave the reader where they are. */
function change(ours, theirs) {
  const [old, young] = [ours.firstElementChild, theirs.firstElementChild];
  if (old.dataset.state === young.dataset.state || old.querySelector(".editing")) {
    return;
  }
  const held = old.contains(document.activeElement);
  const article = document.importNode(young, true);
  old.replaceWith(article);
  ours.className = "arrived";
  if (held) {
    article.focus({ preventScroll: true });
  }
}

function takeToken(page) {
  const [ours, theirs] = [document, page].map((place) => place.querySelector("input[name=form_token]"));
  if (ours && theirs) {
    ours.value = theirs.value;
    tokenSince = performance.now();
  }
}
