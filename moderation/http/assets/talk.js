/** Talking to the server: every answer is an object, and silence is one too. */

const PATIENCE = 20_000;
const CODES = {
  429: "rate-limited",
  502: "temporarily-unavailable",
  503: "temporarily-unavailable",
  504: "temporarily-unavailable",
};

/** Ask; give the status (0 where nobody answered), the document and the seconds to wait before asking again. */
export async function ask(method, address, { body = null, headers = {} } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (body !== null) {
    sent["Content-Type"] = "application/json";
  }
  try {
    const answer = await fetch(address, {
      method,
      headers: sent,
      body: body === null ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      document: parsed(text),
      tag: answer.headers.get("ETag"),
      seconds: Number(answer.headers.get("Retry-After")) || 1,
    };
  } catch {
    return { status: 0, document: {}, tag: null, seconds: 1 };
  }
}

/** Give the stable word of a problem, also where a proxy answered in our place. */
export function codeOf(answer) {
  return String(answer.document.type ?? "").split("#")[1] ?? CODES[answer.status] ?? "";
}

/** Read a document; whatever is none, such as a proxy's page, says nothing. */
function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Wait, and for as long as nobody looks at the page. */
export async function pause(milliseconds) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}
