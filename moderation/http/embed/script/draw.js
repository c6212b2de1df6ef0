/** Drawing: elements from facts. What people wrote goes in as text, or as the HTML that the service has cleaned. */

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

const policy = (() => {
  try {
    return globalThis.trustedTypes?.createPolicy("lychgate", { createHTML: (html) => html }) ?? { createHTML: String };
  } catch {
    return null; // The page allows no such policy: texts are shown plainly.
  }
})();

/** Make an element: `on…` listens, true stands for itself, false and null are left out. */
function el(tag, facts = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...inside.filter((part) => part || part === 0));
  return made;
}

function button(label, onclick, facts = {}) {
  return el("button", { type: "button", part: "button", ...facts, onclick }, label);
}

/** Draw a text: the service's HTML where there is any, else as it was typed. */
function written({ html, text }) {
  const place = el("div", { part: "text", dir: "auto" });
  if (html && policy) {
    place.innerHTML = policy.createHTML(html);
  } else {
    place.append(el("p", { class: "plain" }, text));
  }
  return place;
}

/** Draw the head of a comment: who, and when. */
function byline(box, item) {
  const { name, url, staff } = item.author;
  const who = el("bdi", { part: "author" }, name);
  const linked = /^https?:/.test(url ?? "") && el("a", { href: url, rel: "nofollow ugc noopener noreferrer" }, who);
  const title = new Date(item.created_at).toLocaleString(box.language);
  const when = el("time", { datetime: item.created_at, title }, ago(item.created_at, box.language));
  return el(
    "header",
    { part: "byline" },
    linked || who,
    staff && el("span", { part: "badge" }, box.say("staff")),
    item.pinned && el("span", { part: "badge" }, box.say("pinned")),
    el("a", { part: "time", href: `${location.href.split("#")[0]}#comment-${item.id}` }, when),
    item.edited_at && el("span", { part: "edited" }, box.say("edited")),
  );
}
