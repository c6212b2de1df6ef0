/** The form: keeps what is typed, numbers what is sent, says what is wrong beside its field. */

const FIELDS = {
  text: ["textarea", "comment", { autocomplete: "off", rows: 6 }],
  name: ["input", "name", { autocomplete: "name" }],
  email: ["input", "email", { autocomplete: "email", type: "email" }],
  website: ["input", "website", { autocomplete: "url", type: "url" }],
  notify: ["select", "notify"],
};
const KEPT = ["text", "name", "website"]; // An address is never kept.
const SAID = ["name", "email", "notify"]; // Whom the site signed in, it has told us already, and tells itself.
const NOTIFY = ["none", "each", "daily"];
const OLD_TOKEN = 12 * 3600 * 1000;

/** Ask what the site wants of a form on this page. */
function factsOf({ server, site, thread }) {
  return ask("GET", `${server}/embed/${site}/about?${new URLSearchParams({ thread })}`);
}

class Form {
  constructor(box) {
    Object.assign(this, { box, open: true, inputs: {}, faults: {}, parent: null, answered: "", attempt: {}, token: null, since: 0 });
    this.home = el("div");
    this.place = el("form", { part: "form", novalidate: true, onsubmit: (event) => this.submit(event), oninput: () => this.remember() });
  }

  /** Ask what the site wants, and draw the form with what was typed before and never sent. */
  async begin(asked = factsOf(this.box)) {
    const answer = await asked;
    const { required = ["name", "email", "text"], closed, count = 0, token = null, members_only, proof = "off", tells } = answer.document;
    const member = Boolean(await this.box.signedIn());
    const shut = closed ? "thread-closed" : members_only && !member ? "members-only" : "";
    Object.assign(this, { open: !shut, proof, tells });
    if (!this.token || Date.now() - this.since > OLD_TOKEN) {
      Object.assign(this, { token, since: Date.now() });
    }
    if (answer.status === 200) {
      this.box.count(count);
    }
    if (!this.place.firstChild || this.shut !== shut || this.member !== member) {
      Object.assign(this, { shut, member });
      this.draw(required);
      this.restore();
    }
  }

  draw(required) {
    const { say } = this.box;
    this.home.append(this.place);
    if (!this.open) {
      const { text } = this.inputs;
      this.place.replaceChildren(el("p", {}, say(this.shut)));
      if (text?.value) {
        text.readOnly = true; // What was half written can still be read, and copied.
        this.place.append(text.parentNode);
      }
      return;
    }
    this.title = el("h3", { part: "form-heading", id: "respond" }, say("leave"));
    this.dismiss = button(say("cancel-reply"), () => this.answer(null, ""), { hidden: true });
    this.summary = el("p", { part: "fault summary", role: "alert", tabindex: -1, hidden: true });
    this.send = el("button", { part: "button send" }, say("post"));
    this.status = el("span", { part: "note", role: "status" });
    this.inputs = {};
    const asked = (name) => (this.member ? !SAID.includes(name) : this.tells || name !== "notify");
    const fields = Object.keys(FIELDS).filter(asked).map((name) => this.field(name, required.includes(name)));
    const note = el("p", { part: "note", id: "note" }, !this.member && `${say("unpublished")} `, say("marked"), " *");
    this.place.setAttribute("aria-labelledby", "respond");
    this.place.replaceChildren(this.title, this.dismiss, this.summary, note, ...fields, el("p", { part: "sending" }, this.send, this.status));
  }

  field(name, required) {
    const [tag, word, more] = FIELDS[name];
    const choices = tag === "select" ? NOTIFY.map((value) => el("option", { value }, this.box.say(value))) : [];
    const facts = { id: name, name, ...more, required, dir: "auto", part: "input", "aria-describedby": `${name}-fault${name === "email" ? " note" : ""}` };
    const input = el(tag, facts, ...choices);
    const fault = el("span", { part: "fault", id: `${name}-fault`, hidden: true });
    Object.assign(this.inputs, { [name]: input });
    Object.assign(this.faults, { [name]: fault });
    const mark = required && el("span", { "aria-hidden": "true" }, " *");
    return el("p", { part: "field" }, el("label", { for: name }, this.box.say(word), mark), input, fault);
  }

  get draft() {
    return `draft:${this.box.thread}`;
  }

  kept() {
    return KEPT.filter((name) => this.inputs[name]);
  }

  restore() {
    const draft = this.box.memory.recall(this.draft, null);
    if (!draft || !this.open) {
      return;
    }
    this.kept().forEach((name) => (this.inputs[name].value ||= draft.typed[name] ?? ""));
    this.attempt = draft.attempt;
    if (draft.token && Date.now() - draft.since < OLD_TOKEN) {
      Object.assign(this, { token: draft.token, since: draft.since }); // The time spent on the draft counts.
    }
    this.answer(draft.parent, draft.answered, { focus: false });
    this.status.textContent = this.box.say("draft");
  }

  /** Keep what is typed, with each key that is pressed. */
  remember() {
    const typed = Object.fromEntries(this.kept().map((name) => [name, this.inputs[name].value]));
    const { parent, answered, attempt, token, since } = this;
    this.box.memory.keep(this.draft, typed.text || parent ? { typed, parent, answered, attempt, token, since } : null);
    if (!this.sending) {
      this.status.textContent = typed.text ? this.box.say("draft") : "";
    }
  }

  /** Turn to somebody whose comment is to be answered, whether it is drawn here or not, or to nobody. */
  answer(parent, answered, { focus = true } = {}) {
    const place = this.box.list.places.get(parent);
    Object.assign(this, { parent, answered });
    this.title.textContent = parent ? this.box.say("reply-to", { name: answered }) : this.box.say("leave");
    this.dismiss.hidden = !parent;
    if (place) {
      place.firstElementChild.after(this.place);
    } else {
      this.home.append(this.place);
    }
    if (focus) {
      this.remember();
      this.inputs.text.focus();
    }
  }

  /** Go home before a place is taken away; the service says whether it can still be answered. */
  leave(place) {
    if (place.contains(this.place)) {
      this.home.append(this.place);
    }
  }

  async submit(event) {
    event.preventDefault();
    if (this.sending) {
      return;
    }
    const { server, site } = this.box;
    this.busy(true);
    if (Date.now() - this.since > OLD_TOKEN) {
      await this.begin();
    }
    const body = this.body();
    const headers = { "Idempotency-Key": this.keyFor(body) };
    const member = await this.box.signedIn();
    if (member) {
      headers.Authorization = `Member ${member}`;
    }
    const proof = this.proof === "off" || member ? null : await this.work();
    const answer = await ask("POST", `${server}/v1/sites/${site}/comments`, { ...body, ...(proof && { proof }) }, headers);
    this.busy(false);
    if (answer.status === 202) {
      await this.accepted(answer.document, body.text);
    } else {
      this.refused(answer);
    }
  }

  /** Work for a proof, where the service asks for one; who cannot sends without, and a person looks first. */
  async work() {
    const { server, site, thread } = this.box;
    const { document } = await ask("GET", `${server}/v1/sites/${site}/challenge?${new URLSearchParams({ thread })}`);
    return solved(document).catch(() => null);
  }

  body() {
    const { thread, thread_url, own } = this.box;
    const typed = Object.entries(this.inputs).map(([name, input]) => [name, input.value]);
    const facts = { thread, thread_url, thread_title: document.title.slice(0, 300), parent: this.parent, receipt: own.latest, form_token: this.token };
    return Object.fromEntries([...Object.entries(facts), ...typed].filter(([, value]) => value));
  }

  /** Number what is sent: the same has the same number, however often it is sent and whatever became of the answers. */
  keyFor({ form_token: _, email: __, ...said }) {
    const body = JSON.stringify(said);
    if (this.attempt.body !== body) {
      this.attempt = { key: crypto.getRandomValues(new Uint32Array(4)).join("-"), body };
    }
    this.remember();
    return this.attempt.key;
  }

  busy(now) {
    this.sending = now;
    this.send.setAttribute("aria-disabled", String(now));
    this.status.textContent = now ? this.box.say("sending") : "";
  }

  /** Show what was sent as one's own; what was typed meanwhile stays where it is. */
  async accepted(comment, sent) {
    const { text } = this.inputs;
    const done = text.value === sent;
    Object.assign(this, { attempt: {}, token: null });
    this.complain("", []);
    if (done) {
      text.value = "";
      this.answer(null, "", { focus: false });
    }
    this.remember();
    this.box.own.adopt(comment);
    this.box.list.draw();
    done && this.box.list.places.get(comment.id)?.firstElementChild.focus();
    this.box.tell("arrived");
    await this.begin();
  }

  refused(answer) {
    const faults = (answer.document.errors ?? []).map((fault) => [fault.pointer.slice(1), this.sentence(fault)]);
    if (faults.some(([name]) => name === "parent")) {
      this.answer(null, "", { focus: false });
    }
    if (faults.some(([name]) => name === "Idempotency-Key")) {
      this.attempt = {};
    }
    const others = faults.filter(([name]) => !this.inputs[name]).map(([, sentence]) => sentence);
    this.complain([refusal(this.box, answer), ...others].join(" "), faults);
    this.remember();
  }

  sentence({ pointer, code, detail }) {
    return this.box.say(code === "required" ? `required${pointer.replace("/", "-")}` : code) || detail;
  }

  /** Say what is wrong: all of it above the form, and each fault beside its field. */
  complain(sentence, faults) {
    for (const [name, input] of Object.entries(this.inputs)) {
      const own = faults.find(([field]) => field === name)?.[1] ?? "";
      Object.assign(this.faults[name], { hidden: !own, textContent: own });
      input.setAttribute("aria-invalid", String(Boolean(own)));
    }
    Object.assign(this.summary, { hidden: !sentence, textContent: sentence });
    if (sentence) {
      (Object.values(this.inputs).find((input) => input.getAttribute("aria-invalid") === "true") ?? this.summary).focus();
    }
  }
}
