// What is said of a certificate: its end, and what is wrong with its files.

import { expect, test } from "vitest";
import { describeCertificate } from "../../../services/receive/certificates.ts";

const notAfterMs = Date.parse("2026-12-01T00:00:00Z");

test.each([
  [notAfterMs - 1, null, "valid until 2026-12-01T00:00:00.000Z"],
  [notAfterMs, null, "EXPIRED at 2026-12-01T00:00:00.000Z"],
  [notAfterMs - 1, "no key", /^valid until \S+; the files cannot be used: no key$/],
])("at %s with %s", (nowMs, fault, words) => {
  expect(describeCertificate({ notAfterMs, fault }, nowMs)).toMatch(words);
});
