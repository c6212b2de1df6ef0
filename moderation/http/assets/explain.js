/** Explaining a rejection: the house rule that it cites, chosen by a number, and canned notes put into what is written. */

export function explain(place, say) {
  place.addEventListener("change", (event) => {
    if (event.target.matches("[data-canned]")) {
      insert(event.target);
    }
  });

  return {
    /** Give what chooses the rule of a number; nothing where the card has none of it. */
    choice(card, key) {
      const option = /^[1-9]$/.test(key) && card?.querySelector(`.decide option[data-key="${key}"]`);
      return option
        ? () => {
            option.selected = true;
            say(option.dataset.title);
          }
        : undefined;
    },

    /** Give the title of the rule that a rejection of this card cites, if its site has rules. */
    cited(card) {
      return card?.querySelector(".decide [name=rule]")?.selectedOptions[0]?.dataset.title;
    },
  };
}

/** Put a canned note where the cursor is, and let the person go on from there. */
function insert(choice) {
  const area = choice.form.querySelector("[name=public_note]");
  const { value, selectionStart: from, selectionEnd: to } = area;
  const before = value.slice(0, from);
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  area.setRangeText(gap + choice.value, from, to, "end");
  area.value = area.value.slice(0, area.maxLength);
  choice.value = ""; // What is chosen stands in the text now, and is not sent a second time.
  area.focus();
}
