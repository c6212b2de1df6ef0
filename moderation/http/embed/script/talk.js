/** Talking to the service: every answer is an object, and silence is one too. */

const PATIENCE = 20_000;
const CODES = { 401: "members-only", 429: "rate-limited", 502: "away", 503: "away", 504: "away" };
const HERE = (document.currentScript?.src ?? "").replace(/(\/embed\/[^/]+)?\/embed\.js.*$/, "");

/** Ask; give the status (0 where nobody answered), the document, and the seconds to wait before asking again. */
async function ask(method, address, body, headers = {}) {
  try {
    const answer = await fetch(address, {
      method,
      headers: body ? { "Content-Type": "application/json", ...headers } : headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    return { status: answer.status, document: parsed(await answer.text()), seconds };
  } catch {
    return { status: 0, document: {}, seconds: 1 };
  }
}

/** Give the stable word of a problem, also where a proxy answered in the service's place. */
function codeOf({ status, document }) {
  return status ? CODES[status] ?? String(document.type ?? "").split("#")[1] ?? "" : "offline";
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Wait, and for as long as nobody looks at the page. */
async function pause(milliseconds) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}
