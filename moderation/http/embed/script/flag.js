/** Flags: a reader says what is wrong with a comment. */

const WRONGS = ["spam", "offensive", "abusive", "off-topic", "illegal", "other"];

function flag(box, item, row) {
  const choice = el("select", { part: "input" }, ...WRONGS.map((code) => el("option", { value: code }, box.say(code))));
  const line = el("p", { part: "fault", role: "alert", hidden: true });
  const close = () => {
    form.replaceWith(row);
    row.lastElementChild.focus();
  };
  const send = async (event) => {
    event.preventDefault();
    const answer = await ask("POST", `${box.server}/v1/comments/${item.id}/flags`, { reason: choice.value });
    if (answer.status === 202) {
      row.lastElementChild.remove();
      form.replaceWith(row);
      row.closest("article").focus();
      box.tell("flagged");
    } else {
      Object.assign(line, { hidden: false, textContent: refusal(box, answer) });
    }
  };
  const form = el(
    "form",
    { class: "editing", onsubmit: send },
    el("label", {}, box.say("why"), " ", choice),
    line,
    el("button", { part: "button" }, box.say("send")),
    button(box.say("cancel"), close),
  );
  row.replaceWith(form);
  choice.focus();
}

/** Say why something was refused; what has no sentence here is said in the service's own words. */
function refusal(box, answer) {
  const code = codeOf(answer);
  return box.say(code, { seconds: answer.seconds }) || answer.document.detail || box.say("failed");
}
