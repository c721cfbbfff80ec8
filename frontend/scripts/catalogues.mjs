/**
 * What is wrong with a translation: texts it lacks, texts that are gone, and placeholders (a name, a
 * number, a branch of a plural) that one language has and the other has not.
 */
export function differences(texts, translation) {
  const lacks = Object.keys(texts).filter((id) => !translation[id]?.trim());
  const stale = Object.keys(translation).filter((id) => !(id in texts));
  const other = Object.keys(texts).filter(
    (id) => translation[id] && placeholders(texts[id]) !== placeholders(translation[id]),
  );
  return [
    ...lacks.map((id) => `en.json lacks ${id}: ${texts[id]}`),
    ...stale.map((id) => `en.json has ${id}, which no page uses`),
    ...other.map((id) => `en.json fills in something else in ${id}: ${translation[id]}`),
  ];
}

/** What is filled in, and which numbers have a form of their own. */
function placeholders(text) {
  return [...new Set(text.match(/\{\$?[A-Z][A-Z_\d]*\}|\bVAR_\w+|=\d+ ?(?=\{)/g))].sort().join(' ');
}
