/** Words: those of one language are fetched, once. */

const loaded = {};

/** Choose the language of a place on a page, else of its reader; the first that is spoken here. */
function languageOf(element) {
  const asked = [element.closest("[lang]")?.lang, document.documentElement.lang, ...navigator.languages];
  const plain = asked.map((tag) => (tag ?? "").toLowerCase().split("-")[0]);
  return plain.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

/** Fetch the words of a language, again if need be, since nothing can be said without. */
async function wordsOf(server, language) {
  for (let wait = 1000; ; wait *= 2) {
    const { status, document } = await ask("GET", `${server}/embed/${EDITION}/words?lang=${language}`);
    if (status === 200) {
      return document;
    }
    await pause(wait);
  }
}

/** Give what says sentences in a language: their places filled, their numbers counted as it counts. */
async function speaker(server, language) {
  const words = await (loaded[language] ??= wordsOf(server, language));
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (name, values = {}) => {
    const found = words[name] ?? "";
    const sentence = typeof found === "string" ? found : found[plural.select(values.n)] ?? found.other;
    return sentence.replace(/{(\w+)}/g, (_, place) => {
      const value = values[place];
      return typeof value === "number" ? number.format(value) : `\u2068${value}\u2069`;
    });
  };
}

/** Say how long something lasts, in the largest unit of which there are two. */
function lasting(minutes, language) {
  const [size, unit] = [[1440, "day"], [60, "hour"]].find(([step]) => minutes >= 2 * step) ?? [1, "minute"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(Math.round(minutes / size));
}

/** Say how long ago a moment was. */
function ago(moment, language) {
  const seconds = Math.max(0, (Date.now() - new Date(moment)) / 1000);
  const steps = [[31_556_952, "year"], [2_629_746, "month"], [86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const [size, unit] = steps.find(([step]) => seconds >= step) ?? [1, "second"];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}
