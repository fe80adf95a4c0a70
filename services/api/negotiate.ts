// Which form an answer takes: `format` first, then the Accept header (RFC 9110 section 12.5.1).

export type Form = "json" | "csv";

const FORMS: Record<Form, readonly string[]> = {
  json: ["application/json", "application/*", "*/*"],
  csv: ["text/csv", "text/*", "*/*"],
};

interface Wish {
  range: string;
  weight: number;
}

function readAccept(accept: string): Wish[] {
  return accept.split(",").map((part) => {
    const [range = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const q = parameters.find((text) => text.startsWith("q="))?.slice(2);
    const weight = q === undefined ? 1 : Number(q);
    return { range, weight: Number.isNaN(weight) ? 0 : weight };
  });
}

/** The weight of a form: that of the most specific range that matches it. */
function weightOf(form: Form, wishes: readonly Wish[]): number {
  for (const range of FORMS[form]) {
    const wish = wishes.find((candidate) => candidate.range === range);
    if (wish) return wish.weight;
  }
  return 0;
}

/**
 * Chooses the form of an answer; JSON where both are as welcome.
 * @param format value of the parameter, already checked, or undefined
 * @param accept the Accept header, or undefined
 * @returns null when neither form is acceptable
 */
export function negotiate(format: string | undefined, accept: string | undefined): Form | null {
  if (format === "csv" || format === "json") return format;
  if (accept === undefined || accept.trim() === "") return "json";
  const wishes = readAccept(accept);
  const json = weightOf("json", wishes);
  const csv = weightOf("csv", wishes);
  // A browser asks for text/html first and takes anything after: it is shown JSON.
  if (json === 0 && csv === 0) return null;
  return csv > json ? "csv" : "json";
}
