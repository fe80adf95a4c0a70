// Loaded before the program (NODE_OPTIONS=--import) by tests that give it faults from inside: a clock that
// is wrong, and a decoding thread that hangs on a message with a marker in it.

import { createRequire, syncBuiltinESMExports } from "node:module";
import { isMainThread, parentPort } from "node:worker_threads";

const { env } = process;

/** Milliseconds that the clock is off, and what a SIGUSR2 adds to them. */
let offsetMs = Number(env.TEST_CLOCK_OFFSET_MS ?? 0);
const stepMs = Number(env.TEST_CLOCK_STEP_MS ?? 0);

if (env.TEST_CLOCK_OFFSET_MS !== undefined || stepMs !== 0) {
  const RealDate = Date;
  const now = () => RealDate.now() + offsetMs;
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length === 0 ? [now()] : given));
    }
    static now() {
      return now();
    }
  };
  if (isMainThread && stepMs !== 0) {
    process.on("SIGUSR2", () => {
      offsetMs += stepMs;
    });
  }
}

if (isMainThread && env.TEST_HANG_MARKER !== undefined) {
  // The program's threads get no environment, so that this is handed to them by its own way.
  const threads = createRequire(import.meta.url)("node:worker_threads");
  const RealWorker = threads.Worker;
  threads.Worker = class extends RealWorker {
    constructor(file, options) {
      const { TEST_HANG_MARKER } = env;
      super(file, {
        ...options,
        env: { ...options?.env, TEST_HANG_MARKER },
        execArgv: ["--import", import.meta.url],
      });
    }
  };
  syncBuiltinESMExports();
  // A minute of patience is too long for a test.
  const realTimeout = globalThis.setTimeout;
  const shortened = (work, ms, ...rest) => realTimeout(work, ms === 60_000 ? 3_000 : ms, ...rest);
  globalThis.setTimeout = Object.assign(shortened, realTimeout);
}

if (!isMainThread && env.TEST_HANG_MARKER !== undefined) {
  const marker = Buffer.from(env.TEST_HANG_MARKER);
  parentPort.on("message", ({ bytes }) => {
    if (bytes !== undefined && Buffer.from(bytes).includes(marker)) for (;;) Math.sqrt(2);
  });
}
