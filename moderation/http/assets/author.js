/** The author of comments at a site: this browser keeps by what they are known again, and tells the site alone. */

const known = document.getElementById("known");

if (known) {
  try {
    localStorage.setItem(`lychgate:${known.dataset.site}:author`, JSON.stringify(known.dataset.token));
  } catch {
    // Full or forbidden: the author is known on this page alone.
  }
}
