// Reads what a page says: its sections by id, and their words as a reader has them.

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** The HTML of each section of a page, by id and in order. */
export function sectionsOf(page: string): Map<string, string> {
  const sections = page.split(/(?=<section class="card )/).slice(1);
  return new Map(
    sections.map((section) => [/ id="([^"]+)"/.exec(section)?.[1] ?? "", section] as const),
  );
}

/** The text of HTML, with single spaces, and none before a comma or a full stop. */
export function wordsOf(html: string): string {
  return html
    .replace(/<script.*?<\/script>/gs, "")
    .replaceAll("<wbr>", "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, " ")
    .replace(/ ([.,:])/g, "$1")
    .trim();
}
