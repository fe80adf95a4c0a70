// One address floods mail and posts while another sends reports: how long the sender waits, against the same
// without a flood. Everything at its defaults, but that addresses of loopback are limited too.

import { measureSender, percentile, startFlood } from "../support/flood.ts";
import { startProgram, temporaryFolder } from "../support/program.ts";
import type { Verdict } from "./report.ts";

const ROUNDS = 400;
const WAIT_MS_MAX = 1_000;

/** Bar: every report is taken, 95 of 100 within a second. */
export async function benchFlood(): Promise<Verdict> {
  const { folder, remove } = temporaryFolder();
  const program = await startProgram({
    dataDir: folder,
    env: { SEALWATCH_LOG_LEVEL: "warn", SEALWATCH_LIMITS_EXEMPT: "192.0.2.1" },
  });
  try {
    const sender = { from: "127.0.0.2", rounds: ROUNDS };
    const alone = await measureSender(program, sender);
    const flood = startFlood(program, { from: "127.0.0.3", posts: 200, mails: 100 });
    const flooded = await measureSender(program, sender);
    const counts = await flood.stop();
    const worst = (of: typeof alone) =>
      Math.max(percentile(of.postMs, 95), percentile(of.mailMs, 95));
    const told = Object.entries(counts).map(([answer, count]) => `${answer}: ${count}`);
    return {
      name: "flood: a sender's wait (95 of 100) while another address floods mail and posts",
      figures:
        `post ${percentile(flooded.postMs, 95).toFixed(0)} ms (alone ` +
        `${percentile(alone.postMs, 95).toFixed(0)}), mail ` +
        `${percentile(flooded.mailMs, 95).toFixed(0)} ms (alone ` +
        `${percentile(alone.mailMs, 95).toFixed(0)}), refused ${flooded.refused.length} of ` +
        `${2 * ROUNDS}; the flood got ${told.join(", ")}`,
      ratio: worst(flooded) / worst(alone),
      bar: `all taken, and within ${WAIT_MS_MAX} ms`,
      met: flooded.refused.length === 0 && worst(flooded) <= WAIT_MS_MAX,
    };
  } finally {
    await program.end();
    remove();
  }
}
