// The replies of both receivers agree with each other and with the classes of their codes.

import { expect, test } from "vitest";
import { PROBLEMS } from "../../../services/receive/http-problems.ts";
import { SMTP_REPLIES } from "../../../services/receive/smtp-replies.ts";

test("every reply has an enhanced code of the class of its code", () => {
  for (const [reason, { code, text }] of Object.entries(SMTP_REPLIES)) {
    expect(text, reason).toMatch(new RegExp(`^${String(code)[0]}\\.\\d\\.\\d \\S`));
    expect(text.length, reason).toBeLessThan(100);
  }
});

test("what may be better later is told as such on both ways in", () => {
  for (const reason of [
    "spool-full",
    "disk-full",
    "spool-failed",
    "too-busy",
    "stopping",
  ] as const) {
    expect(SMTP_REPLIES[reason].code, reason).toBeLessThan(500);
    expect(PROBLEMS[reason].status, reason).toBe(503);
    expect(PROBLEMS[reason].retryAfterSeconds, reason).toBeGreaterThan(0);
  }
});
