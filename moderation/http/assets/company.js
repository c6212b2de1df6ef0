/** Working together: what became new is told and not thrust upon anybody, and each sees what the others read. */

const SOON = 10_000;
const SELDOM = 60_000;
const RARELY = 300_000;
const RENEW = 60_000;

const news = document.querySelector("[data-news]");
const beside = document.querySelector("[data-reading]");
const token = document.querySelector("input[name=csrf_token]").value;
const place = document.querySelector(".place");

/** What the desk says, in the language of whoever looks. */
export const words = JSON.parse(document.querySelector(".desk").dataset.words);

let at = null;
let renewal = 0;

/** Fill the places of a sentence, such as `%(number)s`. */
export function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

/** Say that a card is in view, again and again while it is, and hear who began to read it before. */
export async function reading(id) {
  clearTimeout(renewal);
  if (at !== id) {
    at = id;
    told("");
  }
  if (document.hidden) {
    return; // Nobody looks; `visibilitychange` says when somebody does.
  }
  renewal = setTimeout(() => reading(id), RENEW);
  const body = new FormData();
  body.set("csrf_token", token);
  body.set("card", id);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch("/console/claims", { method: "POST", body, headers, credentials: "same-origin" });
    if (answer.ok && at === id) {
      told((await answer.json()).reader);
    }
  } catch {
    // It is a courtesy; who cannot be reached hears it from the next decision.
  }
}

function told(name) {
  beside.hidden = !name;
  beside.textContent = name ? filled(words.said.reading, { name }) : "";
}

/** Ask from time to time what became new; the less happens, and the longer we are not reached, the more rarely. */
export function watch({ desk, lines, insert }) {
  let tag = "";
  let pause = SOON;
  let next = 0;

  async function look() {
    clearTimeout(next);
    if (document.hidden) {
      return;
    }
    try {
      const headers = { Accept: "application/json", ...(tag ? { "If-None-Match": tag } : {}) };
      const answer = await fetch(`/console/pulse?${desk.dataset.query}`, { headers, credentials: "same-origin" });
      if (answer.status === 200) {
        tag = answer.headers.get("ETag");
        pause = SOON;
        show(await answer.json());
      } else if (answer.status === 304) {
        pause = Math.min(pause * 1.5, SELDOM);
      } else {
        pause = Math.min(pause * 2, RARELY);
      }
    } catch {
      pause = Math.min(pause * 2, RARELY);
    }
    next = setTimeout(look, pause);
  }

  function show({ counts, most, head, readers }) {
    for (const [tab, number] of Object.entries(counts)) {
      const shown = document.querySelector(`[data-count="${tab}"]`);
      shown.textContent = number.toLocaleString(document.documentElement.lang) + (number >= most ? "+" : "");
    }
    for (const line of lines) {
      mark(line, readers[line.dataset.id]);
    }
    if ("first" in desk.dataset) {
      const known = new Set(lines.map((line) => line.dataset.id));
      offer(head.filter(([id]) => !known.has(id)).length);
    }
  }

  /** Say how many are new, once for each number; the list stays as it is until somebody wants them. */
  function offer(number) {
    if (Number(news.dataset.number ?? 0) === number) {
      return;
    }
    news.dataset.number = number;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = filled(words.said.fresh, { number });
    button.addEventListener("click", add);
    news.replaceChildren(...(number ? [button] : []));
  }

  async function add() {
    if (lines.length === 0) {
      location.reload(); // There is no list to add to, and no card in view.
      return;
    }
    const answer = await fetch(`/console/lines?${desk.dataset.query}`, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      insert(await answer.text());
      offer(0);
      lines[0].querySelector("a").focus();
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(next);
      clearTimeout(renewal);
      return;
    }
    pause = SOON;
    look();
    if (at && place.querySelector(".card")) {
      reading(at);
    }
  });
  next = setTimeout(look, pause);
}

/** Say in a line who reads it. */
function mark(line, name) {
  const shown = line.querySelector(".reader");
  if ((line.dataset.reader ?? "") === (name ?? "")) {
    return;
  }
  if (!name) {
    delete line.dataset.reader;
    shown?.remove();
    return;
  }
  line.dataset.reader = name;
  const reader = shown ?? document.createElement("span");
  reader.className = "reader";
  reader.textContent = filled(words.said.reading, { name });
  line.querySelector(".last").before(reader);
}
