// Every difference between what senders write and RFC 8460 that Sealwatch repairs or tolerates, by
// code (invariant 9). The meaning says what was found and what was done; `docs/deviations.md` is
// printed from this table.

interface DeviationKind {
  title: string;
  /** What was found, and what Sealwatch made of it. */
  meaning: string;
  /** The rule that it departs from. */
  rule: string;
}

export const DEVIATIONS = {
  // --- about the list itself --------------------------------------------------------------------

  "deviations-not-all-kept": {
    title: "More deviations than are kept",
    meaning:
      "The report has more deviations than the bound; the value says how many were left out.",
    rule: "services/core/bounds.ts, deviationsMax",
  },
  "schema-violation": {
    title: "Differs from the JSON Schema of the report",
    meaning: "The report is used; the place breaks a rule of the schema that no other code names.",
    rule: "RFC 8460 section 4.4",
  },

  // --- the mail or file around the report ---------------------------------------------------------

  "trailing-bytes": {
    title: "Bytes after the end of the compressed report",
    meaning: "The compressed data was complete; what follows it was ignored.",
    rule: "RFC 1952 section 2.2",
  },
  "double-compressed": {
    title: "Compressed more than once",
    meaning: "The report was unpacked layer by layer.",
    rule: "RFC 8460 section 5.2",
  },
  "zip-container": {
    title: "Packed as zip",
    meaning: "The report was taken out of a zip file; only gzip is foreseen.",
    rule: "RFC 8460 section 5.2",
  },
  "media-type-wrong": {
    title: "Wrong media type",
    meaning: "The label does not fit the bytes; the report was recognised by its bytes.",
    rule: "RFC 8460 section 6.4 and section 6.5",
  },
  "media-type-missing": {
    title: "No media type",
    meaning: "The report has no Content-Type; it was recognised by its bytes.",
    rule: "RFC 8460 section 6.4 and section 6.5",
  },
  "content-type-misnamed": {
    title: "Content-Type without its hyphen",
    meaning: "A header of the mail says ContentType, which was read as Content-Type.",
    rule: "RFC 2045 section 5",
  },
  "not-multipart-report": {
    title: "The mail is not a multipart/report of type tlsrpt",
    meaning: "The report was found in a mail of another form.",
    rule: "RFC 8460 section 5.3",
  },
  "transfer-encoding-wrong": {
    title: "Wrong or missing Content-Transfer-Encoding",
    meaning:
      "The part is encoded in another way than its header says; it was decoded by its bytes.",
    rule: "RFC 2045 section 6",
  },
  "subject-malformed": {
    title: "Subject not in the form of the RFC",
    meaning: "The Subject does not follow the grammar; what could be read of it was read.",
    rule: "RFC 8460 section 5.3",
  },
  "subject-disagrees": {
    title: "Subject and report disagree",
    meaning: "The Subject names another domain, submitter or report; the report counts.",
    rule: "RFC 8460 section 5.6",
  },
  "file-name-malformed": {
    title: "File name not in the form of the RFC",
    meaning: "The name of the attachment or file does not follow the grammar; it was not needed.",
    rule: "RFC 8460 section 5.1",
  },
  "file-name-disagrees": {
    title: "File name and report disagree",
    meaning: "The file name names another domain, sender or period; the report counts.",
    rule: "RFC 8460 section 5.6",
  },
  "report-domain-header-missing": {
    title: "No TLS-Report-Domain header",
    meaning: "The mail lacks the header field that names the policy domain.",
    rule: "RFC 8460 section 5.3",
  },
  "report-domain-disagrees": {
    title: "TLS-Report-Domain disagrees with the report",
    meaning: "The header field names a domain that no policy of the report is about.",
    rule: "RFC 8460 section 5.6",
  },
  "submitter-header-missing": {
    title: "No TLS-Report-Submitter header",
    meaning: "The mail lacks the header field that names the submitter.",
    rule: "RFC 8460 section 5.3",
  },
  "submitter-disagrees": {
    title: "Submitter and contact disagree",
    meaning: "The submitter is not the domain of contact-info; both are kept.",
    rule: "RFC 8460 section 5.3",
  },

  // --- the JSON text --------------------------------------------------------------------------------

  bom: {
    title: "Byte order mark before the JSON",
    meaning: "The mark was cut off.",
    rule: "RFC 8259 section 8.1",
  },
  "invalid-utf8": {
    title: "Bytes that are not UTF-8",
    meaning: "Each was replaced by U+FFFD; the raw bytes are kept.",
    rule: "RFC 8259 section 8.1",
  },
  "trailing-data": {
    title: "Something after the JSON object",
    meaning: "The first complete value is the report; the rest was ignored.",
    rule: "RFC 8259 section 2",
  },
  "duplicate-member": {
    title: "The same member twice in one object",
    meaning: "The last one counts.",
    rule: "RFC 7493 section 2.3",
  },
  "lone-surrogate": {
    title: "Half of a character",
    meaning: "A surrogate without its other half was replaced by U+FFFD.",
    rule: "RFC 7493 section 2.1",
  },

  // --- members in general ---------------------------------------------------------------------------

  "member-alias": {
    title: "A member under another name",
    meaning: "A name from a draft, or one that a sender made up, was read as the member it means.",
    rule: "RFC 8460 section 4.4",
  },
  "text-trimmed": {
    title: "White space around a text",
    meaning: "White space before or after the text of a member was cut off.",
    rule: "RFC 8460 section 4.4",
  },
  "member-blank": {
    title: "A member without content",
    meaning: "null or an empty text was read as if the member were absent.",
    rule: "RFC 8460 section 4.4",
  },
  "not-text": {
    title: "Something else where text is expected",
    meaning: "Numbers and booleans were taken as their text, anything else as absent.",
    rule: "RFC 8460 section 4.4",
  },
  "text-cut": {
    title: "A text longer than the bound",
    meaning: "Its beginning is kept; the raw report has the rest.",
    rule: "services/core/bounds.ts, textCharsMax",
  },
  "list-cut": {
    title: "A list longer than the bound",
    meaning: "Its first elements are kept; the raw report has the rest.",
    rule: "services/core/bounds.ts, policyLinesMax and mxPatternsMax",
  },

  // --- who and when ---------------------------------------------------------------------------------

  "organization-name-missing": {
    title: "No organization-name",
    meaning: "The report counts, without the name of an organisation.",
    rule: "RFC 8460 section 4.4",
  },
  "contact-info-missing": {
    title: "No contact-info",
    meaning: "The report counts, without a contact.",
    rule: "RFC 8460 section 4.4",
  },
  "contact-info-not-address": {
    title: "contact-info is not a mail address",
    meaning: "It is kept as it is.",
    rule: "RFC 8460 section 4.4",
  },
  "report-id-missing": {
    title: "No report-id",
    meaning: "Repeats of the report are recognised by its whole content in place of its id.",
    rule: "RFC 8460 section 4.4",
  },
  "date-range-missing": {
    title: "No date-range",
    meaning: "Only the file name can say the period.",
    rule: "RFC 8460 section 4.4",
  },
  "date-from-file-name": {
    title: "The period is that of the file name",
    meaning: "The report itself has no usable date, so the file name's stood in for it.",
    rule: "RFC 8460 section 5.1 and section 5.6",
  },
  "date-missing": {
    title: "One end of the period is missing",
    meaning: "The other end of date-range says the day.",
    rule: "RFC 8460 section 4.4",
  },
  "date-unusable": {
    title: "A date that does not exist or cannot be read",
    meaning: "It was read as absent.",
    rule: "RFC 3339 section 5.6",
  },
  "date-without-zone": {
    title: "A date without a time zone",
    meaning: "It was read as UTC.",
    rule: "RFC 3339 section 5.6",
  },
  "date-form": {
    title: "A date in nearly the right form",
    meaning: "A small t or z, a space, no seconds, or an offset without colon: read as meant.",
    rule: "RFC 3339 section 5.6",
  },
  "date-only": {
    title: "A date without a time",
    meaning: "It was read as midnight UTC, as the end of a period as the end of that day.",
    rule: "RFC 3339 section 5.6",
  },
  "date-hour-24": {
    title: "24:00 as time of day",
    meaning: "It was read as the midnight that follows.",
    rule: "RFC 3339 section 5.7",
  },
  "period-ends-next-midnight": {
    title: "The period ends at 00:00 of the next day",
    meaning: "A mild one: the end was read as exclusive, the report is about the day of its start.",
    rule: "RFC 8460 section 4.1",
  },
  "period-reversed": {
    title: "The period ends before it starts",
    meaning: "The report is about the day of its start.",
    rule: "RFC 8460 section 4.4",
  },
  "period-not-one-day": {
    title: "The period is not one UTC day",
    meaning: "The report is counted on the UTC day of its start.",
    rule: "RFC 8460 section 4.1",
  },

  // --- policies -------------------------------------------------------------------------------------

  "policies-not-array": {
    title: "policies is one policy, not an array",
    meaning: "It was read as an array of one.",
    rule: "RFC 8460 section 4",
  },
  "policy-member-missing": {
    title: "An element of policies without policy",
    meaning: "What it has is read from the element itself; its counts are kept.",
    rule: "RFC 8460 section 4.4",
  },
  "policy-type-missing": {
    title: "No policy-type",
    meaning: "The counts are kept under an empty policy type.",
    rule: "RFC 8460 section 4.4",
  },
  "policy-type-unknown": {
    title: "A policy-type that the RFC does not have",
    meaning: "It is kept as sent.",
    rule: "RFC 8460 section 4.4",
  },
  "policy-domain-missing": {
    title: "No policy-domain",
    meaning: "The domain of header, Subject or file name stands in for it where there is one.",
    rule: "RFC 8460 section 4.4",
  },
  "policy-string-not-array": {
    title: "policy-string is one text, not an array",
    meaning: "It was split into lines, or at semicolons for TLSA records.",
    rule: "RFC 8460 section 4.4",
  },
  "policy-string-in-json": {
    title: "policy-string is a JSON array inside a text",
    meaning: "The array was unpacked into one line per element.",
    rule: "RFC 8460 section 4.5",
  },
  "policy-line-form": {
    title: "A policy line with stray white space or without a space after its colon",
    meaning: "It was trimmed and spaced as in the RFC's example; empty lines were left out.",
    rule: "RFC 8460 section 4.5",
  },
  "mx-host-not-array": {
    title: "mx-host is one text, not an array",
    meaning: "It was read as an array. The example of the RFC has this fault (erratum 6241).",
    rule: "RFC 8460 section 4.4",
  },
  "mx-host-prefixed": {
    title: "An element of mx-host that begins with mx:",
    meaning: "The whole policy line was sent in place of the pattern; the pattern was taken out.",
    rule: "RFC 8460 section 4.4",
  },
  "summary-missing": {
    title: "A policy without summary",
    meaning: "Both totals count as 0.",
    rule: "RFC 8460 section 4.3.1",
  },

  // --- counts and details ---------------------------------------------------------------------------

  "count-missing": {
    title: "A total is missing from the summary",
    meaning: "It counts as 0.",
    rule: "RFC 8460 section 4.4",
  },
  "count-as-text": {
    title: "A count written as text",
    meaning: "Its digits were read as the number.",
    rule: "RFC 8460 section 4.4",
  },
  "failure-details-not-array": {
    title: "failure-details is not an array",
    meaning: "One object was read as an array of one, anything else as absent.",
    rule: "RFC 8460 section 4.4",
  },
  "detail-not-object": {
    title: "An element of failure-details that is not an object",
    meaning: "It was left out; totals come from the summary and do not change.",
    rule: "RFC 8460 section 4.4",
  },
  "detail-count-missing": {
    title: "A failure detail without failed-session-count",
    meaning: "It counts as 1, the least that a listed failure can mean.",
    rule: "RFC 8460 section 4.4",
  },
  "details-disagree-with-summary": {
    title: "Failure details do not add up to the summary",
    meaning: "Both are kept; totals come from the summary. Failure types may overlap.",
    rule: "RFC 8460 section 4",
  },
  "result-type-missing": {
    title: "A failure detail without result-type",
    meaning: "It is kept under an empty result type.",
    rule: "RFC 8460 section 4.3",
  },
  "result-type-unknown": {
    title: "A result-type that is not registered",
    meaning: "It is kept as sent.",
    rule: "RFC 8460 section 4.3 and section 6.6",
  },
  "type-form": {
    title: "A policy-type or result-type in capitals",
    meaning: "It was put into lower case.",
    rule: "RFC 8460 section 4.3 and section 4.4",
  },
  "name-form": {
    title: "A domain name in another form than the plain one",
    meaning: "Its last dot was cut, U-labels were turned into A-labels.",
    rule: "RFC 8460 section 4.4",
  },
  "name-invalid": {
    title: "Not a domain name",
    meaning: "It is kept as it is.",
    rule: "RFC 8460 section 4.4",
  },
  "ip-form": {
    title: "An IP address with something around it",
    meaning: "Brackets or an IPv6: prefix were cut off.",
    rule: "RFC 8460 section 4.4",
  },
  "ip-invalid": {
    title: "Not an IP address",
    meaning: "The text is kept, no address.",
    rule: "RFC 8460 section 4.4",
  },
} as const satisfies Record<string, DeviationKind>;
