/** Swiping a card on a phone: to the right approves, to the left rejects; up and down it scrolls as ever. */

const LOCK = 12;
const SHARE = 0.3;
const MOST = 140;
const TOUCHED = "input, textarea, select, button, summary, a, .scroll";

/** Let cards be swiped; `decide` is told what for. Its buttons do the same, and what is done is taken back alike. */
export function swipe(place, decide) {
  let start = null;

  function end() {
    start = null;
    clear(place);
  }

  place.classList.add("swipes");
  place.addEventListener("pointerdown", (event) => {
    end(); // A second finger means something else.
    if (event.isPrimary && event.pointerType === "touch" && isFree(event.target)) {
      start = { card: event.target.closest(".card"), id: event.pointerId, x: event.clientX, y: event.clientY };
    }
  });
  place.addEventListener("pointermove", (event) => {
    if (start?.id !== event.pointerId) {
      return;
    }
    const [across, down] = [event.clientX - start.x, event.clientY - start.y];
    if (!start.along && Math.abs(down) > LOCK && Math.abs(down) > Math.abs(across)) {
      start = null; // It scrolls, and goes on scrolling.
    } else if (start.along || Math.abs(across) > LOCK) {
      start.along = true;
      draw(place, start.card, across);
    }
  });
  place.addEventListener("pointerup", (event) => {
    if (start?.id !== event.pointerId) {
      return;
    }
    const { card, x, along } = start;
    const across = event.clientX - x;
    end();
    if (along && getSelection().isCollapsed && Math.abs(across) >= far(card)) {
      decide(towards(across));
    }
  });
  place.addEventListener("pointercancel", end);
}

/** Say whether a finger here may mean a swipe: on one comment, on nothing else to touch, and with nothing half written. */
function isFree(target) {
  const card = target.closest(".card:not(.wave)");
  return card && !target.closest(TOUCHED) && ![...card.querySelectorAll("textarea")].some((area) => area.value);
}

function towards(across) {
  return across > 0 ? "approve" : "reject";
}

function far(card) {
  return Math.min(MOST, card.clientWidth * SHARE);
}

/** Show where a card goes, and what would become of it if it were let go now. */
function draw(place, card, across) {
  const action = towards(across);
  const label = card.querySelector(`.to-${action}`).firstChild.textContent.trim();
  place.dataset.swipe = action;
  place.dataset.label = across > 0 ? `${label} →` : `← ${label}`;
  place.toggleAttribute("data-far", Math.abs(across) >= far(card));
  place.style.setProperty("--across", `${across}px`);
}

function clear(place) {
  delete place.dataset.swipe;
  delete place.dataset.label;
  place.removeAttribute("data-far");
  place.style.removeProperty("--across");
}
