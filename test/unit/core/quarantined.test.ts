// A row of quarantine as the arrival it was.

import { expect, test } from "vitest";
import { ARRIVAL_COLUMNS, quarantinedArrival } from "../../../services/core/quarantined.ts";

const ROW = {
  receipt: "01K9ZZZZZZZZZZZZZZZZZZZZZZ",
  received_at: "2026-11-02T03:00:00.123Z",
  channel: "smtp",
  peer: "192.0.2.1",
  helo: "mta.sender.example",
  tls: "TLSv1.3",
  mail_from: "a@sender.example",
  rcpt_to: ["tlsrpt@example.com"],
  file_name: "x.json",
  content_type: "application/tlsrpt+json",
  url_key: "key",
};

test("every column comes back, with times in both forms that the store gives", () => {
  expect(Object.keys(ROW)).toEqual([...ARRIVAL_COLUMNS]);
  for (const received_at of [ROW.received_at, "2026-11-02 03:00:00.123"]) {
    expect(quarantinedArrival({ ...ROW, received_at })).toEqual({
      receipt: ROW.receipt,
      receivedAtMs: Date.UTC(2026, 10, 2, 3, 0, 0, 123),
      channel: "smtp",
      peer: ROW.peer,
      helo: ROW.helo,
      tls: ROW.tls,
      mailFrom: ROW.mail_from,
      rcptTo: ROW.rcpt_to,
      fileName: ROW.file_name,
      contentType: ROW.content_type,
      key: ROW.url_key,
      reprocess: true,
    });
  }
});
