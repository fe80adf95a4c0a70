// What the labels around a text say (media type, file name, shape of the mail) and how they differ
// from RFC 8460. Labels never decide how bytes are read, only whether a broken thing is worth a word.

import type { Deviation } from "../core/deviation.ts";
import type { MailHeader, MailPart } from "./mail.ts";
import { sniff, unlabelledBase64 } from "./media.ts";

interface Labelled {
  media: string;
  contentType: string | null;
  header: MailHeader | null;
}

/** Differences from RFC 8460 section 5.3 (shape of the mail) and section 5.4 (media types). */
export function labelDeviations({ media, contentType, header }: Labelled): Deviation[] {
  const place = "Content-Type";
  const deviations: Deviation[] = [];
  const report = header?.contentType === "multipart/report" && header.reportType === "tlsrpt";
  if (header !== null && !report) {
    const value = `${header.contentType || "none"}; report-type=${header.reportType || "none"}`;
    deviations.push({ code: "not-multipart-report", place, value });
  }
  const zipped = /gzip(?!.*mail)/.test(media);
  const expected = zipped ? "application/tlsrpt+gzip" : "application/tlsrpt+json";
  if (contentType === "") deviations.push({ code: "media-type-missing", place, value: "" });
  else if (contentType !== null && contentType !== expected) {
    deviations.push({ code: "media-type-wrong", place, value: contentType });
  }
  return deviations;
}

/** A media type without its parameters, lower case. */
export function essence(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** The name of RFC 8460 section 5.1, or one that says TLSRPT. */
export function isReportName(name: string): boolean {
  return /!.*\.json(?:\.gz)?$|tls-?rpt/i.test(name);
}

/** True for a part that is to be read as a mail of its own. */
export function isMessage(part: MailPart): boolean {
  return part.contentType === "message/rfc822" || /\.eml$/i.test(part.fileName);
}

/** True when a part without a telling label is worth unfolding; false for texts and pictures. */
export function mayHoldReport(part: MailPart): boolean {
  switch (sniff(part.bytes, isMessage(part))) {
    case "empty":
      return false;
    case "other":
      return unlabelledBase64(part.bytes) !== null;
    case "json":
      return !part.contentType.startsWith("text/") || speaksOfReport(part);
    default:
      return true;
  }
}

/** True when JSON text in a text part has a member that reports have and prose has not. */
function speaksOfReport(part: MailPart): boolean {
  return part.bytes.includes('"policies"') || part.bytes.includes('"organization-name"');
}
