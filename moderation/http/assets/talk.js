/** Talking to the server: every answer is an object, and silence is one too. */

const PATIENCE = 20_000;

/** Ask; give the status (0 where nobody answered), the document and the seconds to wait before asking again. */
export async function ask(method, address, { document = null, headers = {} } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (document !== null) {
    sent["Content-Type"] = "application/json";
  }
  try {
    const answer = await fetch(address, {
      method,
      headers: sent,
      body: document === null ? undefined : JSON.stringify(document),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      document: text ? JSON.parse(text) : {},
      tag: answer.headers.get("ETag"),
      seconds: Number(answer.headers.get("Retry-After")) || 1,
    };
  } catch {
    return { status: 0, document: {}, tag: null, seconds: 1 };
  }
}

/** Give the stable word of a problem document. */
export function codeOf(answer) {
  return String(answer.document.type ?? "").split("#").pop();
}

/** Wait, and for as long as nobody looks at the page. */
export async function pause(milliseconds) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}
