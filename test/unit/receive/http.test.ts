// Which failures of a posted report are the sender's and which are ours.

import { expect, test } from "vitest";
import { silent } from "../../../services/observe/events.ts";
import { reportRoutes } from "../../../services/receive/http.ts";
import { createInFlight, type InFlight } from "../../../services/receive/in-flight.ts";
import { openSpoolWriter } from "../../../services/spool/spool-writer.ts";
import { FakeDisk } from "../spool/fake-disk.ts";
import { FOLDER, recorder } from "../spool/sample.ts";

const MESSAGE_BYTES_MAX = 1_000_000;

async function post(body: ReadableStream, inFlight: InFlight = createInFlight(MESSAGE_BYTES_MAX)) {
  const disk = new FakeDisk();
  const spool = await openSpoolWriter({ folder: FOLDER, emit: silent, disk });
  const { emit, of } = recorder();
  const routes = reportRoutes({ spool, messageBytesMax: MESSAGE_BYTES_MAX, emit, inFlight });
  const answer = await routes.request("/v1/tlsrpt", { method: "POST", body, duplex: "half" });
  await spool.close();
  return { answer, of };
}

test("a body whose stream fails was aborted", async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error("connection reset")),
  });
  const { answer, of } = await post(body);
  expect(answer.status).toBe(400);
  expect(of("message-refused")).toMatchObject([{ reason: "aborted" }]);
  expect(of("receiver-failed")).toEqual([]);
});

test("a mistake of ours while a body is read is told, and is not the sender's", async () => {
  const error = new Error("a mistake");
  const broken = {
    held: () => 0,
    open: () => ({
      resize: (bytes: number) => {
        if (bytes > 0) throw error;
        return true;
      },
    }),
  };
  const body = new ReadableStream({
    pull: (controller) => {
      controller.enqueue(Buffer.from("{}"));
      controller.close();
    },
  });
  const { answer, of } = await post(body, broken);
  expect(answer.status).toBe(503);
  expect(of("message-refused")).toMatchObject([{ reason: "spool-failed" }]);
  expect(of("receiver-failed")).toEqual([{ channel: "https", error }]);
});
