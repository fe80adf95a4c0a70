// What can be wrong with a TLSRPT record, as one table. An error makes senders ignore the record or
// a part of it; a warning is a record that follows the grammar and that some senders still misread.

interface RecordFaultEntry {
  severity: "error" | "warning";
  title: string;
  advice: string;
  rule: string;
}

export const RECORD_FAULTS = {
  "record-missing": {
    severity: "error",
    title: "No TLSRPT record",
    advice: "Publish one TXT record that begins with v=TLSRPTv1; at _smtp._tls.<domain>.",
    rule: "RFC 8460 section 3",
  },
  "record-repeated": {
    severity: "error",
    title: "More than one TLSRPT record",
    advice: "Senders take several as none: keep one, and name several addresses in its rua.",
    rule: "RFC 8460 section 3",
  },
  "record-too-long": {
    severity: "error",
    title: "The record is longer than the bound",
    advice: "See services/core/bounds.ts, recordCharsMax; a record needs some hundred characters.",
    rule: "services/core/bounds.ts",
  },
  "version-wrong": {
    severity: "error",
    title: "The record does not begin with v=TLSRPTv1;",
    advice: "Write v=TLSRPTv1; first, in exactly these letters, without spaces or quotes.",
    rule: "RFC 8460 section 3, tlsrpt-version",
  },
  "space-after-version": {
    severity: "warning",
    title: "White space between v=TLSRPTv1 and the semicolon",
    advice:
      "The grammar allows it, the rule that discards other TXT records does not: take it away.",
    rule: "RFC 8460 section 3, field-delim against the literal v=TLSRPTv1;",
  },
  "space-at-end": {
    severity: "error",
    title: "White space at the end of the record",
    advice: "Take the white space away, or put a semicolon before it.",
    rule: "RFC 8460 section 3, tlsrpt-record",
  },
  "space-around-equals": {
    severity: "error",
    title: "White space beside an equals sign",
    advice: "Write name=value without white space; it may stand beside ; and , only.",
    rule: "RFC 8460 section 3, tlsrpt-rua",
  },
  "field-empty": {
    severity: "error",
    title: "Two semicolons without a field between them",
    advice: "Take one semicolon away.",
    rule: "RFC 8460 section 3, tlsrpt-record",
  },
  "field-malformed": {
    severity: "error",
    title: "A field that is not name=value",
    advice: "Look for a semicolon that belongs to an address: inside a URI it is written %3B.",
    rule: "RFC 8460 section 3, tlsrpt-extension",
  },
  "rua-missing": {
    severity: "error",
    title: "No rua field",
    advice: "Add rua=mailto:<address> or rua=https://<host>/<path>.",
    rule: "RFC 8460 section 3, tlsrpt-rua",
  },
  "rua-case": {
    severity: "warning",
    title: "rua is not in lower case",
    advice: "Write rua: in other letters it is an unknown field, which senders ignore.",
    rule: "RFC 8460 section 3, tlsrpt-rua",
  },
  "rua-repeated": {
    severity: "warning",
    title: "More than one rua field",
    advice: "Put all addresses into one rua field, separated by commas.",
    rule: "RFC 8460 section 3: the grammar allows it and says nothing of its meaning",
  },
  "uri-empty": {
    severity: "error",
    title: "An empty place in the list of URIs",
    advice: "Take the comma away that has nothing beside it.",
    rule: "RFC 8460 section 3, tlsrpt-rua",
  },
  "uri-scheme": {
    severity: "error",
    title: "Neither a mailto: nor an https: URI",
    advice: "Write mailto: before an address; http: is not allowed. A comma in a URI is %2C.",
    rule: "RFC 8460 section 3, rua",
  },
  "uri-scheme-case": {
    severity: "warning",
    title: "The scheme is not in lower case",
    advice: "Write mailto: or https: in small letters; some senders compare the text.",
    rule: "RFC 3986 section 3.1",
  },
  "uri-exclamation": {
    severity: "error",
    title: "An exclamation mark in a URI",
    advice: "Write %21; a size limit as in DMARC (!10m) does not exist here.",
    rule: "RFC 8460 section 3, tlsrpt-uri",
  },
  "uri-malformed": {
    severity: "error",
    title: "A URI with characters that it cannot have",
    advice: "Percent-encode what is not a letter, a digit or one of the marks of RFC 3986.",
    rule: "RFC 3986 section 2",
  },
  "address-malformed": {
    severity: "error",
    title: "A mailto URI without a usable address",
    advice: "Write mailto:name@domain.",
    rule: "RFC 6068 section 2",
  },
  "mailto-fields": {
    severity: "warning",
    title: "A mailto URI with header fields",
    advice: "Take away what follows the question mark; a report has its own Subject.",
    rule: "RFC 6068 section 2, RFC 8460 section 5.3",
  },
  "url-malformed": {
    severity: "error",
    title: "An https URI without a usable host",
    advice: "Write https://host/path.",
    rule: "RFC 3986 section 3.2.2",
  },
} as const satisfies Record<string, RecordFaultEntry>;

export type RecordFaultCode = keyof typeof RECORD_FAULTS;

/** One fault at its place. */
export interface RecordFault {
  code: RecordFaultCode;
  /** Where it was found in the record's text, in UTF-16 units. */
  offset: number;
  /** What was found there, cut to the bound. */
  value: string;
}
