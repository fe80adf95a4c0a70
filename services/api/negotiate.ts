// Which form an answer takes: `format` first, then the Accept header (RFC 9110 section 12.5.1).

export type Form = "json" | "csv" | "svg";

/** Media types of each form, in the order that they are as welcome in. */
const FORMS: Record<Form, readonly string[]> = {
  json: ["application/json", "application/*", "*/*"],
  csv: ["text/csv", "text/*", "*/*"],
  svg: ["image/svg+xml", "image/*", "*/*"],
};

/** What every panel has. */
const USUAL = ["json", "csv"] as const satisfies readonly Form[];

/** "application/json or text/csv", for whoever wants something else. */
export function namesOf(forms: readonly Form[]): string {
  const names = forms.map((form) => FORMS[form][0]);
  return names.join(", ").replace(/, ([^,]*)$/, " or $1");
}

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
 * Chooses the form of an answer; the first where some are as welcome.
 * @param format value of the parameter, already checked, or undefined
 * @param accept the Accept header, or undefined
 * @param forms those that there are
 * @returns null when none of them is acceptable
 */
export function negotiate(
  format: string | undefined,
  accept: string | undefined,
  forms: readonly Form[] = USUAL,
): Form | null {
  if (format !== undefined && format !== "") return forms.find((form) => form === format) ?? null;
  if (accept === undefined || accept.trim() === "") return forms[0] ?? null;
  const wishes = readAccept(accept);
  // A browser asks for text/html first and takes anything after: it is shown JSON.
  const weighed = forms.map((form) => ({ form, weight: weightOf(form, wishes) }));
  const best = Math.max(...weighed.map(({ weight }) => weight));
  return weighed.find(({ weight }) => weight === best && weight > 0)?.form ?? null;
}
