// A decoding thread that does what its messages say: hang, throw, leave, or answer with their bytes.

import { parentPort } from "node:worker_threads";

parentPort.on("message", ({ kind, lengths, bytes }) => {
  if (kind === "settings") return;
  let offset = 0;
  const items = lengths.map((length) => {
    const text = Buffer.from(bytes.subarray(offset, offset + length)).toString();
    offset += length;
    if (text === "hang") for (;;) Math.sqrt(2);
    if (text === "throw") throw new Error("thrown on purpose");
    if (text === "leave") process.exit(3);
    return [{ kind: "report", organization: text }];
  });
  parentPort.postMessage({ ready: false, items });
});
parentPort.postMessage({ ready: true });
