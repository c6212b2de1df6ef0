/** The elements that a page writes: `<lychgate-comments site="pk_…" thread="…">` and `<lychgate-count>`. */

const RTL = ["ar"];

/** Give the page's address: the canonical one, else where its reader is; without the query if an id names the page. */
function addressOf(element) {
  const canonical = document.querySelector("link[rel=canonical]")?.href;
  return canonical || location.href.split(element.getAttribute("thread") ? /[?#]/ : "#")[0];
}

/** Name the page that an element stands on: by its own id, else by its address. */
function threadOf(element) {
  return element.getAttribute("thread") || addressOf(element);
}

class Comments extends HTMLElement {
  static observedAttributes = ["member"];

  attributeChangedCallback() {
    this.form?.begin();
  }

  connectedCallback() {
    this.root ? this.own.resume() : (this.begun ??= this.begin());
  }

  /** Ask for everything at once, and show it at once; until then the page shows what it has written inside. */
  async begin() {
    this.server = this.getAttribute("server") || HERE;
    this.site = this.getAttribute("site");
    this.sort = this.getAttribute("sort");
    this.thread = threadOf(this);
    this.thread_url = addressOf(this);
    this.memory = memoryOf(this.site);
    this.language = languageOf(this);
    const [page, facts] = [pageOf(this), factsOf(this)];
    this.say = await speaker(this.server, this.language);
    const section = this.drawn();
    const own = this.own.resume();
    const read = await this.list.load(page);
    await this.form.begin(facts);
    await own;
    this.list.draw();
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
    this.root.append(section);
    if (!read) {
      this.tell("unread");
    }
    this.list.seek();
    addEventListener("online", () => this.refresh());
  }

  drawn() {
    this.own = new Own(this);
    this.list = new List(this);
    this.form = new Form(this);
    this.heading = el("h2", { part: "heading", tabindex: -1 }, this.say("comments"));
    this.silence = el("p", { part: "silence", hidden: true }, this.say("silence"));
    this.news = el("p", { part: "news", role: "status" });
    const dir = RTL.includes(this.language) ? "rtl" : "ltr";
    const { heading, silence, list, news, form } = this;
    const facts = { part: "comments", lang: this.language, dir, "aria-label": this.say("comments") };
    return el("section", facts, heading, silence, list.order, list.place, list.more, news, form.home);
  }

  /** Bring everything up to date with what is public. */
  async refresh() {
    await Promise.all([this.list.load(), this.form.begin()]);
    this.list.draw();
  }

  /** Give the token of whoever the page signed in: as the page says it, or as it fetches it anew each time. */
  async signedIn() {
    const { member } = this;
    try {
      return (typeof member === "function" ? await member() : member) || this.getAttribute("member");
    } catch {
      return null; // Nobody can say; nobody is signed in then.
    }
  }

  /** Say how many there are, above them and wherever else on the page their number stands. */
  count(n) {
    const same = (other) => countsOf(other) === countsOf(this) && threadOf(other) === this.thread;
    const others = [...document.querySelectorAll("lychgate-count")].filter(same);
    [this.heading, ...others].forEach((place) => (place.textContent = this.say("count", { n })));
  }

  /** Say something to everybody, also to those who do not look at the place where it happens. */
  tell(name) {
    this.news.textContent = this.say(name);
  }
}

const counting = new Set();

class Count extends HTMLElement {
  connectedCallback() {
    counting.add(this);
    if (counting.size === 1) {
      setTimeout(countAll);
    }
  }
}

/** Fill every count on the page, a hundred pages to a request. */
function countAll() {
  const sites = new Map();
  counting.forEach((element) => sites.set(countsOf(element), [...(sites.get(countsOf(element)) ?? []), element]));
  counting.clear();
  for (const [address, elements] of sites) {
    for (let from = 0; from < elements.length; from += 100) {
      fill(address, elements.slice(from, from + 100));
    }
  }
}

function countsOf(element) {
  return `${element.getAttribute("server") || HERE}/v1/sites/${element.getAttribute("site")}/counts`;
}

async function fill(address, elements) {
  const asked = new Set(elements.map(threadOf));
  const answer = await ask("GET", `${address}?${new URLSearchParams([...asked].map((thread) => ["thread", thread]))}`);
  for (const element of answer.status === 200 ? elements : []) {
    const say = await speaker(element.getAttribute("server") || HERE, languageOf(element));
    element.textContent = say("count", { n: answer.document[threadOf(element)] ?? 0 });
  }
}

customElements.get("lychgate-comments") ?? customElements.define("lychgate-comments", Comments);
customElements.get("lychgate-count") ?? customElements.define("lychgate-count", Count);
