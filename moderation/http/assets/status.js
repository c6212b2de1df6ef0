/** Where a comment stands: a link carries the receipt behind its #, where no server reads it; here it goes into the form. */

const form = document.getElementById("ask");

function follow() {
  const receipt = location.hash.slice(1);
  if (receipt) {
    history.replaceState(null, "", location.pathname + location.search); // Whoever comes back is not sent on again.
    form.elements.receipt.value = receipt;
    form.requestSubmit();
  }
}

addEventListener("hashchange", follow);
follow();
