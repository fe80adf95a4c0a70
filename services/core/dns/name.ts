// Domain names as text: one normal form, so that the same domain is the same string everywhere.
// Nothing here asks the DNS.

/** RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters in presentation form. */
const NAME_CHARS_MAX = 253;

/** RFC 1035 section 2.3.4. */
const LABEL_CHARS_MAX = 63;

/** One label: letters, digits, hyphens inside, and underscores, which TXT and SRV owners have. */
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** Text above ASCII: the only text that is worth a conversion to A-labels. */
const NON_ASCII = /[^\p{ASCII}]/u;

/** Longer text is no name in any form; it is not handed to the conversion. */
const CONVERTED_CHARS_MAX = 1_024;

/**
 * The normal form of a domain name: trimmed, lower case, without the root's dot, U-labels as
 * A-labels (RFC 8460 section 4.4 asks for A-labels; RFC 5890 section 2.3.2.1). Never throws: text
 * that is no domain name comes back trimmed and in lower case, for `isDomainName` to judge.
 */
export function normalizeDomain(text: string): string {
  const lower = text.trim().toLowerCase();
  const name = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  return NON_ASCII.test(name) ? toAscii(name) : name;
}

/**
 * Whether text in normal form is a domain name: labels of 1 to 63 letters, digits, hyphens and
 * underscores (RFC 1035 section 2.3, RFC 8552), 253 characters in all. One label is enough.
 */
export function isDomainName(text: string): boolean {
  if (text === "" || text.length > NAME_CHARS_MAX) return false;
  return text.split(".").every((label) => LABEL.test(label));
}

/** The normal form of a text that is a domain name, "" for every other text and for long ones. */
export function domainOrNone(text: string): string {
  if (text.length > CONVERTED_CHARS_MAX) return "";
  const domain = normalizeDomain(text);
  return isDomainName(domain) ? domain : "";
}

/**
 * Whether text is surely a domain name in normal form already: short labels of small letters and
 * digits. It spares the full check, which costs more than all else about a failure detail.
 */
export function isPlainName(text: string): boolean {
  if (text.length > LABEL_CHARS_MAX) return false;
  let previous = DOT;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    const inner = char === DOT || char === HYPHEN;
    if (inner ? previous === DOT || previous === HYPHEN : !isLetterOrDigit(char)) return false;
    previous = char;
  }
  return previous !== DOT && previous !== HYPHEN;
}

const DOT = 0x2e;
const HYPHEN = 0x2d;

function isLetterOrDigit(char: number): boolean {
  return (char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39);
}

/**
 * The domain of an addr-spec (RFC 5322 section 3.4.1) in normal form, "" when there is none.
 * A display name or `mailto:` around the address does not matter.
 */
export function domainOfAddress(address: string): string {
  const at = address.lastIndexOf("@");
  if (at < 0) return "";
  const rest = address.slice(at + 1, at + 1 + CONVERTED_CHARS_MAX).trimStart();
  if (isPlainName(rest)) return rest;
  const domain = normalizeDomain(rest.split(/[\s>,;?]/, 1)[0] ?? "");
  return isDomainName(domain) ? domain : "";
}

/** Whether `child` is a name strictly below `parent`; both in normal form. */
export function isBelow(child: string, parent: string): boolean {
  return parent !== "" && child.length > parent.length + 1 && child.endsWith(`.${parent}`);
}

/**
 * U-labels to A-labels by the URL parser of the language (UTS #46). What it refuses is returned
 * as it came, and so is what the parser would read as more than a host.
 */
function toAscii(name: string): string {
  if (name.length > CONVERTED_CHARS_MAX || /[\s/\\?#@:%[\]]/.test(name)) return name;
  const url = `http://${name}/`;
  if (!URL.canParse(url)) return name;
  const host = new URL(url).hostname;
  return host.endsWith(".") ? host.slice(0, -1) : host;
}
