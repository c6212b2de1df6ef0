/** Memory: what this browser keeps for its reader and tells nobody; and the words it was given. */

const PREFIX = "lychgate:";

export const words = JSON.parse(document.getElementById("words").textContent);

/** Give what was kept under a name, or something else where nothing is or nothing may be kept. */
export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value; null forgets it. Where the browser keeps nothing, the page works all the same. */
export function keep(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(PREFIX + name);
    } else {
      localStorage.setItem(PREFIX + name, JSON.stringify(value));
    }
  } catch {
    // Full or forbidden: the value lives as long as the page.
  }
}

/** Fill the places of a sentence: `%(seconds)s`. */
export function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (place, name) => values[name] ?? place);
}

/** Tell people who do not look at the place where it happens. */
export function announce(sentence) {
  document.getElementById("news").textContent = sentence;
}
