/** The list: comments under those they answer, in step with what is public, without moving what stays. */

const PAGE = 100;
const FAR = 40; // Pages that are read at most to find one comment.

/** Read a page of what is public; null where it cannot be read. */
async function pageOf({ server, site, thread, sort }, cursor) {
  const query = new URLSearchParams({ thread, limit: PAGE, ...(sort && { sort }), ...(cursor && { cursor }) });
  const answer = await ask("GET", `${server}/v1/sites/${site}/comments?${query}`);
  return answer.status === 200 ? answer.document : null;
}

class List {
  constructor(box) {
    Object.assign(this, { box, items: [], next: null, places: new Map() });
    this.place = el("ol", { part: "list" });
    this.order = button(box.say("newest"), () => this.turn(), { part: "button sort" });
    this.more = button(box.say("more"), () => this.onwards(), { part: "button more", hidden: true });
    addEventListener("hashchange", () => this.seek());
  }

  /** Read as much as is shown already, or the first page. */
  async load(first = pageOf(this.box)) {
    const items = [];
    for (let page = await first; page; page = await pageOf(this.box, page.next)) {
      items.push(...page.items);
      if (!page.next || items.length >= this.items.length) {
        Object.assign(this, { items, next: page.next });
        this.draw();
        return true;
      }
    }
    return false;
  }

  /** Turn the order round. */
  turn() {
    this.box.sort = this.box.sort === "newest" ? null : "newest";
    return this.load();
  }

  /** Show the next page, and lead the reader to where it begins. */
  async onwards({ focus = true } = {}) {
    const page = await pageOf(this.box, this.next);
    if (!page) {
      this.box.tell("offline");
      return false;
    }
    this.items.push(...page.items);
    this.next = page.next;
    this.draw();
    if (focus) {
      this.places.get(page.items[0]?.id)?.firstElementChild.focus();
    }
    return true;
  }

  /** Go to the comment that the page's address names, over as many pages as it takes. */
  async seek() {
    const id = location.hash.match(/^#comment-([0-9a-f-]{36})$/)?.[1];
    for (let page = 0; id && !this.places.has(id) && this.next && page < FAR; page += 1) {
      if (!(await this.onwards({ focus: false }))) {
        return;
      }
    }
    const article = this.places.get(id)?.firstElementChild;
    this.place.querySelectorAll(".target").forEach((other) => other.classList.remove("target"));
    article?.classList.add("target");
    article?.scrollIntoView({ block: "center" });
    article?.focus({ preventScroll: true });
  }

  /** Draw what is public, and one's own where that is not, also where it has left a gap. */
  draw() {
    const all = new Map(this.items.map((item) => [item.id, item]));
    for (const own of this.box.own.unseen()) {
      all.get(own.id)?.author || all.set(own.id, own);
    }
    const inside = new Map([[this.place, []]]);
    all.forEach((item) => this.show(item));
    const turn = this.box.sort === "newest" ? -1 : 1;
    for (const { id, parent } of [...all.values()].sort((one, other) => (one.id < other.id ? -turn : turn))) {
      const into = this.places.get(parent)?.lastElementChild ?? this.place;
      inside.set(into, [...(inside.get(into) ?? []), this.places.get(id)]);
    }
    for (const [id, place] of this.places) {
      if (!all.has(id)) {
        this.drop(id, place);
      }
    }
    inside.forEach((places, into) => arrange(into, places));
    this.more.hidden = !this.next;
    this.order.hidden = all.size < 2;
    this.order.setAttribute("aria-pressed", turn < 0);
    this.box.silence.hidden = all.size > 0;
  }

  drop(id, place) {
    this.box.form.leave(place);
    place.remove();
    this.places.delete(id);
  }

  /** Give a comment its place, and draw it there anew if it changed. */
  show(item) {
    const state = JSON.stringify([item, this.box.form.open, this.box.own.known.get(item.id)?.editable_until]);
    const place = this.places.get(item.id) ?? el("li", {}, el("article"), el("ol"));
    this.places.set(item.id, place);
    if (place.state !== state && !place.firstElementChild.querySelector(".editing")) {
      const held = place.firstElementChild.contains(this.box.root?.activeElement ?? null);
      place.firstElementChild.replaceWith(this.drawn(item));
      place.state = state;
      if (held) {
        place.firstElementChild.focus({ preventScroll: true });
      }
    }
  }

  drawn(item) {
    if (item.gone) {
      return el("article", { part: "comment gone", tabindex: -1 }, el("p", {}, this.box.say("gone")));
    }
    const article = el("article", { part: item.status ? "comment own" : "comment", tabindex: -1 });
    article.append(byline(this.box, item), written(item));
    if (item.status) {
      article.append(standing(this.box, item));
    }
    article.append(tools(this.box, item, article));
    return article;
  }
}

/** Put these places into a list, in this order; what stands right is not touched. */
function arrange(into, places) {
  places.forEach((place, number) => {
    if (into.children[number] !== place) {
      into.insertBefore(place, into.children[number] ?? null);
    }
  });
}

/** Offer what may be done with a comment: by anybody, and by its author. */
function tools(box, item, article) {
  const row = el("p", { part: "tools" });
  const { name } = item.author;
  const own = box.own.known.get(item.id);
  if (!item.status && box.form.open) {
    row.append(button(box.say("reply"), () => box.form.answer(item.id, name), { "aria-label": box.say("reply-to", { name }) }));
  }
  if (own) {
    row.append(...box.own.tools(own, article, row));
  } else {
    row.append(button(box.say("flag"), () => flag(box, item, row), { "aria-label": box.say("flag-of", { name }) }));
  }
  return row;
}
