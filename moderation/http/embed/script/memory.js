/** Memory: what this browser keeps for its reader and tells nobody. No address of anybody's is in it. */

/** Give a memory of one site's own. */
function memoryOf(site) {
  const full = (name) => `lychgate:${site}:${name}`;
  return {
    recall(name, otherwise) {
      try {
        return JSON.parse(localStorage.getItem(full(name))) ?? otherwise;
      } catch {
        return otherwise;
      }
    },
    keep(name, value) {
      try {
        if (value === null) {
          localStorage.removeItem(full(name));
        } else {
          localStorage.setItem(full(name), JSON.stringify(value));
        }
      } catch {
        // Full or forbidden: the value lives as long as the page.
      }
    },
  };
}
