/** Working together: what became new is told and not thrust upon anybody, and each sees what the others read. */

const SOON = 10_000;
const SELDOM = 60_000;
const RARELY = 300_000;
const RENEW = 60_000;
const LISTED = 100; // A line counts up to so many.

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
      const asked = new URLSearchParams(desk.dataset.query);
      if (place.querySelector(".card.wave")) {
        asked.set("card", place.querySelector(".card").dataset.id);
      }
      const answer = await fetch(`/console/pulse?${asked}`, { headers, credentials: "same-origin" });
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

  function show({ counts, most, head, readers, card }) {
    for (const [tab, number] of Object.entries(counts)) {
      const shown = document.querySelector(`[data-count="${tab}"]`);
      shown.textContent = number.toLocaleString(document.documentElement.lang) + (number >= most ? "+" : "");
    }
    for (const line of lines) {
      mark(line, readers[line.dataset.id]);
    }
    for (const [id, number] of head) {
      const line = lines.find((one) => one.dataset.id === id && !one.classList.contains("done"));
      counted(line, number, LISTED);
    }
    if (card) {
      grow(card, most);
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

/** Write how many are alike where that is told; nothing is said of it. */
function counted(where, number, most) {
  const shown = where?.querySelector("[data-alike]");
  const told = number.toLocaleString(document.documentElement.lang) + (number >= most ? "+" : "");
  const sentence = filled(words.said.alike, { number: told });
  if (shown && shown.textContent !== sentence) {
    shown.textContent = sentence;
  }
}

/** Let the number of a wave in view count along; that it grows is said once for a card, in a line that is kept free. */
function grow([id, number], most) {
  const card = place.querySelector(".card.wave");
  if (card?.dataset.id !== id) {
    return; // Another card came into view meanwhile.
  }
  counted(card, number, most);
  const said = card.querySelector("[data-grown]");
  if (number > Number(card.dataset.waiting) && !said.textContent) {
    said.textContent = words.said.grown;
  }
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
