/** Answering from a card: the form for a reply is a key away, and whatever is pressed there can be taken back. */

const SIGNED = "lychgate-signed";

/** Open the form for a reply, signed as it was last time in this browser. */
export function replying(card) {
  const box = card?.querySelector(".replying");
  if (box) {
    box.open = true;
    sign(box);
    box.querySelector("textarea").focus();
  }
}

/** Put the name that was signed with last in place of one's own. */
export function sign(box) {
  const name = box.querySelector("[name=name]");
  if (name.value === name.defaultValue) {
    name.value = localStorage.getItem(SIGNED) ?? name.value;
  }
}

/** Press the button of this name on a card, if it is there. */
export function presses(card, name) {
  card?.querySelector(`.act [name=${name}]`)?.click();
}

/** Send a form of a card with `send`; give what the server says, and how to take it back where it is no decision. */
export function acts(form, pressed, send) {
  const body = new FormData(form, pressed);
  const address = form.getAttribute("action");
  if (body.has("name")) {
    localStorage.setItem(SIGNED, body.get("name"));
    return { sent: send(address, body) };
  }
  const back = new FormData(form, pressed);
  back.set(pressed.name, pressed.value === "yes" ? "no" : "yes");
  return { sent: send(address, body), back: () => send(address, back) };
}
