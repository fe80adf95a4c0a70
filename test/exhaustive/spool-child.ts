// Writes to the spool of the folder given as argument until it is killed, and prints each receipt
// with its body once it is acknowledged. Not a test: spool-crash.test.ts runs it as a child.

import { silent } from "../../services/observe/events.ts";
import { openSpoolWriter } from "../../services/spool/spool-writer.ts";

const CONCURRENCY = 16;
const [folder = "", round = ""] = process.argv.slice(2);
const writer = await openSpoolWriter({ folder, emit: silent });
let sequence = 0;

async function write(): Promise<void> {
  for (;;) {
    const body = `${round}.${sequence++}`;
    const arriving = {
      channel: "https" as const,
      peer: "192.0.2.1",
      helo: "",
      tls: "",
      mailFrom: "",
      rcptTo: [],
      contentType: "",
      fileName: "",
      key: "",
      reprocess: false,
    };
    const bytes = Buffer.alloc(2_048, `${body}\n`);
    const receipt = await writer.append(arriving, bytes);
    process.stdout.write(`${receipt} ${body}\n`);
  }
}

await Promise.all(Array.from({ length: CONCURRENCY }, write));
