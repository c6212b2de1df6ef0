/** Swiping a card on a phone: to the right approves, to the left rejects; up and down it scrolls as ever. */

const LOCK = 12;
const SHARE = 0.3;
const MOST = 140;

/** Let cards be swiped; `decide` is told what for. Text that is selected, and whatever one types in, is no swipe. */
export function swipe(place, decide) {
  let start = null;

  place.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".card");
    const busy = event.target.closest("input, textarea, select, button, summary, a, .scroll");
    if (card && !busy && event.isPrimary && event.pointerType !== "mouse") {
      start = { card, id: event.pointerId, x: event.clientX, y: event.clientY, along: false };
    }
  });
  place.addEventListener("pointermove", (event) => {
    if (start?.id !== event.pointerId) {
      return;
    }
    const [across, down] = [event.clientX - start.x, event.clientY - start.y];
    if (!start.along && Math.abs(down) > LOCK) {
      start = null; // It scrolls, and goes on scrolling.
    } else if (start.along || Math.abs(across) > LOCK) {
      start.along = true;
      draw(start.card, across);
    }
  });
  place.addEventListener("pointerup", (event) => {
    if (start?.id !== event.pointerId) {
      return;
    }
    const { card, x, along } = start;
    start = null;
    const across = event.clientX - x;
    clear(card);
    if (along && getSelection().isCollapsed && Math.abs(across) >= far(card)) {
      decide(across > 0 ? "approve" : "reject");
    }
  });
  place.addEventListener("pointercancel", () => {
    if (start) {
      clear(start.card);
      start = null;
    }
  });
}

function far(card) {
  return Math.min(MOST, card.clientWidth * SHARE);
}

/** Show where a card goes, and what would become of it if it were let go now. */
function draw(card, across) {
  card.dataset.swipe = across > 0 ? "approve" : "reject";
  card.toggleAttribute("data-far", Math.abs(across) >= far(card));
  card.style.setProperty("--across", `${across}px`);
}

function clear(card) {
  delete card.dataset.swipe;
  card.removeAttribute("data-far");
  card.style.removeProperty("--across");
}
