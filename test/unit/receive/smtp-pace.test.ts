// The pace of one SMTP connection: turns for others, and an end.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { createCommandPace } from "../../../services/receive/smtp-pace.ts";

test("commands go on at once, but for every so many, which wait for a turn", async () => {
  const { step } = createCommandPace();
  let gone = 0;
  const next = () => {
    gone += 1;
  };
  for (let command = 1; command < BOUNDS.smtpCommandsAtOnce; command++) step(next)?.();
  expect(gone).toBe(BOUNDS.smtpCommandsAtOnce - 1);
  step(next)?.();
  expect(gone).toBe(BOUNDS.smtpCommandsAtOnce - 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(gone).toBe(BOUNDS.smtpCommandsAtOnce);
});

test("without a message there is an end, and a message begins anew", () => {
  const { step, useful } = createCommandPace();
  for (let command = 0; command < BOUNDS.smtpCommandsMax; command++) {
    expect(step(() => {})).not.toBeNull();
  }
  expect(step(() => {})).toBeNull();
  useful();
  expect(step(() => {})).not.toBeNull();
});
