// The faults of an MTA-STS policy text as SQL, for rules that the store decides by. It says of a text
// what readStsPolicy of core/mta-sts says; a test holds the two together.

/** SQL of a regular expression for the lines of a key, its value in a group. */
function lineOf(key: string): string {
  return `'(?im)^[ \\\\t\\\\r]*${key}:[ \\\\t]*([^\\\\n]*?)[ \\\\t\\\\r]*$'`;
}

/** A label of a host name; one that is not ASCII is left to the reader, who knows its A-label. */
const LABEL = "[a-z0-9_[:^ascii:]](?:[a-z0-9_[:^ascii:]-]{0,61}[a-z0-9_[:^ascii:]])?";
const MX = `^(?:[*][.])?${LABEL}(?:[.]${LABEL})*[.]?$`;
/** `*.` and 253 characters. */
const MX_CHARS_MAX = 255;
/** RFC 8461 section 3.2: a year. */
const MAX_AGE_SECONDS_MAX = 31_557_600;

/**
 * SQL that counts the faults for which a sender may take a policy for none: all of readStsPolicy but
 * HARMLESS_FAULTS. 0 without a text.
 * @param text SQL of the policy text
 * @param mode SQL of its mode
 */
export function faultCount(text: string, mode: string): string {
  const age = `extract(${text}, ${lineOf("max_age")})`;
  const hosts = `arrayFilter(mx -> mx != '', extractAll(lowerUTF8(${text}), ${lineOf("mx")}))`;
  return `if(empty(${text}), 0, toUInt32(
    (extract(${text}, ${lineOf("version")}) NOT IN ('', 'STSv1')) + (${mode} NOT IN ('enforce', 'testing', 'none'))
    + if(match(${age}, '^[0-9]{1,10}$') AND toUInt64OrZero(${age}) <= ${MAX_AGE_SECONDS_MAX}, 0, 1)
    + (empty(${hosts}) AND ${mode} != 'none')
    + arrayExists(mx -> NOT match(mx, '${MX}') OR length(mx) > ${MX_CHARS_MAX}, ${hosts})))`;
}
