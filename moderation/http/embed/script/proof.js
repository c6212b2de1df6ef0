/** A proof of work (ALTCHA, PBKDF2): the browser derives keys beside the page until one begins as it should. */

const octets = (hex) => hex.match(/../g).map((pair) => parseInt(pair, 16));

async function solved(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(octets(salt)), iterations: cost };
  for (let counter = 0; ; counter += 1) {
    const word = new Uint8Array([...octets(nonce), counter >> 24, counter >> 16, counter >> 8, counter]);
    const key = await crypto.subtle.importKey("raw", word, "PBKDF2", false, ["deriveBits"]);
    const derived = new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8));
    if (octets(keyPrefix).every((octet, place) => octet === derived[place])) {
      return btoa(JSON.stringify({ challenge, solution: { counter } }));
    }
  }
}
