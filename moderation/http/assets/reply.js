/** The reply form: sends without leaving the page, keeps what is typed, says what is wrong beside its field. */

import { announce, fill, keep, recall, words } from "./memory.js";
import { adopt, latestReceipt, resume } from "./own.js";
import { ask, codeOf } from "./talk.js";
import { follow, OLD_TOKEN, placeOf, refresh, tellTime } from "./thread.js";

const TYPED = ["text", "name", "email", "website"];
const SENT = ["thread", "thread_title", "parent", ...TYPED, "notify", "notify_decision", "form_token", "subject"];
const form = document.getElementById("reply");
const thread = new URL(words.list, location.href).searchParams.get("thread");
const status = document.createElement("span");
let attempt = { key: null, body: null };
let sending = false;

tellTime();
resume(thread);
follow();
if (form) {
  begin();
}

function begin() {
  status.className = "quiet";
  status.setAttribute("role", "status");
  form.querySelector(".send").append(status);
  document.getElementById("remember").hidden = false;
  restore();
  form.addEventListener("submit", submit);
  form.addEventListener("input", remember);
  document.addEventListener("click", choose);
}

/** Fill in what was typed before and never sent, and who the reader said they are. */
function restore() {
  const draft = recall(`draft:${thread}`, null);
  const person = recall("person", null);
  document.getElementById("remembered").checked = person !== null;
  for (const name of TYPED) {
    form.elements[name].value ||= draft?.typed[name] ?? person?.[name] ?? "";
  }
  attempt = draft?.attempt ?? attempt;
  if (draft && Date.now() - draft.since < OLD_TOKEN) {
    form.elements.form_token.value = draft.token; // The time that was spent on the draft counts.
  }
  if (draft?.parent && !form.elements.parent && placeOf(draft.parent)) {
    turnTo(draft.parent, draft.answered);
  }
  if (draft?.typed.text) {
    status.textContent = words.said.draft;
  }
}

/** Keep what is typed, with each key that is pressed. */
function remember() {
  const typed = Object.fromEntries(TYPED.map((name) => [name, form.elements[name].value]));
  const parent = form.elements.parent?.value ?? null;
  const answered = document.getElementById("answered").textContent;
  const empty = typed.text === "" && parent === null;
  const since = recall(`draft:${thread}`, null)?.since ?? Date.now();
  const token = form.elements.form_token.value;
  keep(`draft:${thread}`, empty ? null : { typed, parent, answered, attempt, token, since });
  const { name, email, website } = typed;
  keep("person", document.getElementById("remembered").checked ? { name, email, website } : null);
  if (!sending) {
    status.textContent = typed.text ? words.said.draft : "";
  }
}

async function submit(event) {
  event.preventDefault();
  if (sending) {
    return;
  }
  const body = reply();
  busy(true);
  const answer = await ask("POST", form.action, { body, headers: { "Idempotency-Key": keyFor(body) } });
  busy(false);
  if (answer.status === 202) {
    accepted(answer.document);
  } else {
    refused(answer);
  }
}

function reply() {
  const fields = SENT.map((name) => [name, valueOf(form.elements[name])]).filter(([, value]) => value !== "");
  const receipt = recall(words.author, null) ?? latestReceipt();
  return { ...Object.fromEntries(fields), ...(receipt ? { receipt } : {}) };
}

function valueOf(field) {
  return !field || (field.type === "checkbox" && !field.checked) ? "" : field.value;
}

/** Number a reply: the same one has the same number, however often it is sent and whatever became of the answers. */
function keyFor(reply) {
  const { form_token: _, ...said } = reply;
  const body = JSON.stringify(said);
  if (attempt.body !== body) {
    attempt = { key: [...crypto.getRandomValues(new Uint8Array(16))].map((octet) => octet.toString(16)).join("-"), body };
  }
  remember();
  return attempt.key;
}

function busy(now) {
  sending = now;
  form.querySelector("button[type=submit]").setAttribute("aria-disabled", String(now));
  status.textContent = now ? words.said.sending : "";
}

function accepted(comment) {
  attempt = { key: null, body: null };
  form.elements.text.value = "";
  turnTo(null, "");
  complain("", []);
  remember();
  adopt(comment);
  const place = placeOf(comment.id).firstElementChild;
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
  announce(words.said.arrived);
  refresh({ token: true });
}

function refused(answer) {
  const code = codeOf(answer);
  const faults = (answer.document.errors ?? []).map((fault) => [fault.pointer.slice(1), sentenceOf(fault)]);
  faults.sort(([one], [other]) => TYPED.indexOf(one) - TYPED.indexOf(other));
  const known = answer.status === 0 ? words.said.offline : words.refusals[code] ?? words.said.failed;
  if (faults.some(([name]) => name === "parent")) {
    turnTo(null, "");
  }
  if (code === "invalid" && faults.some(([name]) => name === "Idempotency-Key")) {
    attempt = { key: null, body: null };
  }
  complain(fill(known, { seconds: answer.seconds }), faults);
  remember();
}

function sentenceOf({ pointer, code, detail }) {
  const special = code === "required" ? words.required[pointer] : undefined;
  const limit = words.limits[pointer];
  const sentence = special ?? (code === "too-long" && !limit ? detail : words.faults[code] ?? detail);
  return fill(sentence, { limit });
}

/** Say what is wrong: all of it above the form, and each fault beside its field. */
function complain(refusal, faults) {
  for (const name of TYPED) {
    const own = faults.filter(([field]) => field === name).map(([, sentence]) => sentence);
    mark(name, own.join(" "));
  }
  const summary = document.getElementById("summary");
  summary.hidden = refusal === "";
  summary.firstElementChild.textContent = refusal;
  summary.lastElementChild.replaceChildren(...faults.map(([name, sentence]) => item(name, sentence)));
  if (refusal) {
    summary.focus();
  }
}

function mark(name, sentence) {
  const [field, line] = [form.elements[name], document.getElementById(`fault-${name}`)];
  line.textContent = sentence;
  line.hidden = sentence === "";
  const described = [name === "email" ? "note" : "", sentence ? line.id : ""].filter(Boolean).join(" ");
  field.toggleAttribute("aria-invalid", false);
  field.toggleAttribute("aria-describedby", false);
  if (sentence) {
    field.setAttribute("aria-invalid", "true");
  }
  if (described) {
    field.setAttribute("aria-describedby", described);
  }
}

function item(name, sentence) {
  const made = document.createElement("li");
  const link = document.createElement("a");
  link.textContent = sentence;
  if (TYPED.includes(name)) {
    link.href = `#${name}`;
  }
  made.append(TYPED.includes(name) ? link : sentence);
  return made;
}

/** Answer links choose whom the form answers, and faults lead to their fields, without a reload. */
function choose(event) {
  const link = event.target.closest?.("a.answer, a#nobody, .summary a");
  if (!link) {
    return;
  }
  event.preventDefault();
  if (link.matches(".summary a")) {
    form.elements[link.hash.slice(1)].focus();
    return;
  }
  turnTo(link.dataset.parent ?? null, link.dataset.name ?? "");
  remember();
  form.elements.text.focus();
}

/** Say which comment the form answers; null for none. */
function turnTo(parent, name) {
  const field = form.elements.parent ?? Object.assign(document.createElement("input"), { type: "hidden", name: "parent" });
  if (parent) {
    field.value = parent;
    form.append(field);
  } else {
    field.remove();
  }
  document.getElementById("answered").textContent = name;
  document.getElementById("answering").hidden = !parent;
}
