/** Passkeys: the server gives a challenge, the browser asks whoever sits there, and the answer goes with the form. */

const ABLE = globalThis.isSecureContext && "PublicKeyCredential" in globalThis;

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = form.hidden && !ABLE;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form);
  });
}

/** Let the browser answer a challenge, and send the form with what it says; what goes wrong is said below. */
async function answer(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  say(form, "");
  try {
    const options = await challenge(form);
    if (options) {
      form.elements.credential.value = JSON.stringify(written(await asked(options)));
      form.submit();
      return;
    }
  } catch (error) {
    say(form, why(form, error));
  }
  button.disabled = false;
}

/** Ask for a challenge; nothing comes back where we were led elsewhere first. */
async function challenge(form) {
  const headers = { Accept: "application/json" };
  const body = new FormData(form);
  const given = await fetch(form.dataset.passkey, { method: "POST", body, headers, credentials: "same-origin" });
  if (given.redirected) {
    location.assign(given.url);
    return null;
  }
  const told = await given.json();
  if (!given.ok) {
    throw new Error(told.detail);
  }
  return told;
}

/** Let the browser make a key, where it is told for whom, or answer with one. */
function asked(options) {
  const known = (list) => list?.map((item) => ({ ...item, id: octets(item.id) }));
  const publicKey = { ...options, challenge: octets(options.challenge) };
  if (options.user) {
    publicKey.user = { ...options.user, id: octets(options.user.id) };
    publicKey.excludeCredentials = known(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = known(options.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

/** Write what the browser gave as Web Authentication has it in JSON. */
function written({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  const told = Object.fromEntries(given);
  if (response.getTransports) {
    told.transports = response.getTransports();
  }
  return { id, rawId: text(rawId), type, response: told };
}

function why(form, error) {
  const { dataset } = form.querySelector("[role=alert]");
  const sentences = {
    NotAllowedError: dataset.none,
    AbortError: dataset.none,
    SecurityError: dataset.elsewhere,
    InvalidStateError: dataset.known,
    TypeError: ABLE ? dataset.away : dataset.unable,
    SyntaxError: dataset.away,
  };
  return sentences[error.name] ?? (error.message || dataset.none);
}

function say(form, sentence) {
  const shown = form.querySelector("[role=alert]");
  shown.textContent = sentence;
  shown.hidden = !sentence;
}

function octets(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
