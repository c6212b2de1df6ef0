/** One's own comments: where they stand, changing and withdrawing them. A receipt proves that they are one's own. */

const MOST = 50;
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 15_000;
const GONE = [401, 404, 410];
const STANDING = { pending: "in-review", held: "in-review", spam: "refused", rejected: "refused" };

function standing(box, own) {
  const word = el("strong", { part: "status" }, box.say(STANDING[own.status] ?? "in-review"));
  const often = own.review && ` (${box.say("usually", { time: lasting(own.review.usually_minutes, box.language) })})`;
  const why = [own.rule && `${own.rule.title}: ${own.rule.text}`, own.note];
  const place = `${box.server}/embed/${box.site}/status#${own.receipt}`;
  const appeal = own.appeal && el("a", { part: "appeal", href: place, target: "_blank" }, box.say("appeal"));
  return el("p", { part: "standing" }, word, often, " ", box.say("only-you"), ...why.map((text) => text && el("q", { part: "note", dir: "auto" }, text)), " ", appeal);
}

class Own {
  constructor(box) {
    this.box = box;
    this.known = new Map();
    this.watched = new Set();
    this.receipts = box.memory.recall("receipts", {});
    // From the page on which an address was confirmed.
    const token = location.hash.split("#lychgate=")[1];
    token && box.memory.keep("author", token);
  }

  /** Give the author's token, or the latest receipt, by which they are known again. */
  get latest() {
    return this.box.memory.recall("author", Object.values(this.receipts).at(-1)?.receipt);
  }

  /** Give one's own comments here that readers do not see. */
  unseen() {
    return [...this.known.values()].filter((own) => own.status !== "approved");
  }

  /** Take a comment in as one's own: keep its receipt, show it, and wait for its verdict. */
  adopt(comment) {
    this.keep(comment.id, { receipt: comment.receipt, thread: comment.thread, asked: this.box.thread });
    this.learn(comment);
    this.watch(comment.id);
  }

  /** Show again what was sent from this browser before. */
  async resume() {
    const here = ([, kept]) => [kept.thread, kept.asked].includes(this.box.thread);
    await Promise.all(Object.entries(this.receipts).filter(here).map(([id]) => this.look(id)));
    this.box.list.draw();
    this.known.forEach((own) => this.watch(own.id));
  }

  /** Keep a receipt, or none any more, beside what other tabs kept meanwhile. */
  keep(id, receipt) {
    const { memory } = this.box;
    const all = Object.entries({ ...memory.recall("receipts", this.receipts), [id]: receipt });
    this.receipts = Object.fromEntries(all.filter(([, kept]) => kept).slice(-MOST));
    memory.keep("receipts", this.receipts);
  }

  learn(own) {
    this.known.set(own.id, own);
  }

  async look(id) {
    const answer = await this.ask("GET", id);
    if (GONE.includes(answer.status) || answer.document.status === "deleted") {
      this.forget(id);
    } else if (answer.status === 200 && this.receipts[id]) {
      this.learn(answer.document);
    }
    return this.known.get(id);
  }

  forget(id) {
    this.known.delete(id);
    this.keep(id);
  }

  ask(method, id, body) {
    const receipt = { Authorization: `Receipt ${this.receipts[id]?.receipt}` };
    return ask(method, `${this.box.server}/v1/comments/${id}`, body, receipt);
  }

  /** Ask where a comment stands, ever more rarely, until it is decided or the page shows it no more; once at a time. */
  async watch(id) {
    if (this.watched.has(id)) {
      return;
    }
    this.watched.add(id);
    for (let wait = FIRST_PAUSE; this.box.isConnected && isOpen(this.known.get(id)); wait = Math.min(wait * 1.6, LONGEST_PAUSE)) {
      await pause(wait);
      const before = this.known.get(id);
      const own = before && (await this.look(id));
      if (own && JSON.stringify(own) !== JSON.stringify(before)) {
        await this.changed(own, before);
      }
    }
    this.watched.delete(id);
  }

  async changed(own, before) {
    if (own.status === "approved") {
      await this.box.refresh();
    } else {
      this.box.list.draw();
    }
    if (STANDING[own.status] !== STANDING[before.status]) {
      this.box.tell(own.status === "approved" ? "published" : STANDING[own.status]);
    }
  }

  /** Give the tools that only the author has. */
  tools(own, article, row) {
    const open = new Date(own.editable_until) > Date.now() && !["spam", "rejected"].includes(own.status);
    const edit = open && button(this.box.say("edit"), () => this.edit(own, article, row));
    return [edit, button(this.box.say("withdraw"), () => this.sure(own, row))].filter(Boolean);
  }

  edit(own, article, row) {
    const area = el("textarea", { part: "input", dir: "auto", rows: 5, "aria-label": this.box.say("edit") });
    area.value = own.text;
    const text = article.querySelector("[part=text]");
    const put = async () => {
      const answer = await this.ask("PATCH", own.id, { text: area.value });
      return answer.status === 200 ? this.edited(answer.document, close) : answer;
    };
    const close = this.panel(row, [area], "save", put, "cancel", () => (text.hidden = false));
    text.hidden = true;
    area.focus();
  }

  async edited(document, close) {
    close();
    this.learn(document);
    await this.box.refresh();
    this.box.tell("in-review");
    this.watch(document.id);
  }

  sure(own, row) {
    const take = async () => {
      const answer = await this.ask("DELETE", own.id);
      return answer.status === 200 ? this.withdrawn(own.id, close) : answer;
    };
    const close = this.panel(row, [el("p", {}, this.box.say("sure"))], "withdraw", take, "keep");
  }

  async withdrawn(id, close) {
    close();
    this.forget(id);
    await this.box.refresh();
    this.box.tell("withdrawn");
    this.box.heading.focus();
  }

  /** Put a question in place of the tools; what is refused is said there. Gives what closes it again. */
  panel(row, parts, yes, onYes, no, onClose = () => {}) {
    const line = el("p", { part: "fault", role: "alert", hidden: true });
    const close = () => {
      panel.replaceWith(row);
      onClose();
      row.querySelector("button")?.focus();
    };
    const act = async () => {
      const refused = await onYes();
      if (refused) {
        Object.assign(line, { hidden: false, textContent: refusal(this.box, refused) });
      }
    };
    const first = button(this.box.say(yes), act);
    const panel = el("div", { class: "editing" }, ...parts, line, first, button(this.box.say(no), close));
    row.replaceWith(panel);
    first.focus();
    return close;
  }
}

/** Say whether there is more to wait for: a verdict, or the worker that draws the text. */
function isOpen(own) {
  return own && (["pending", "held"].includes(own.status) || (own.status === "approved" && own.html === null));
}
