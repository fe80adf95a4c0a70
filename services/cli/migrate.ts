// `sealwatch migrate`: brings the store's schema up to date and says what it did. `serve` and `import`
// do the same by themselves; this is for operators who want it as a step of its own.

import type { Config } from "../config/config.ts";
import type { Observer } from "../observe/observer.ts";
import { acquireLock } from "../spool/lock.ts";
import { migrate } from "../store/migrate.ts";
import { openConfiguredStore } from "./draining.ts";
import { EXIT } from "./exit-codes.ts";

/** Runs the command and returns its exit code. */
export async function runMigrate(config: Config, observer: Observer): Promise<number> {
  const lock =
    config.clickhouse.url === null
      ? await acquireLock(config.dataDir, { role: "migrate", api: null })
      : null;
  try {
    const opened = await openConfiguredStore(config, observer.emit);
    try {
      const { applied, present } = await migrate(opened.store, config.clickhouse.topology);
      process.stdout.write(
        applied.length === 0
          ? `${opened.describe()}: up to date, ${present.length} migrations\n`
          : `${opened.describe()}: applied ${applied.join(", ")}\n`,
      );
      return EXIT.ok;
    } finally {
      await opened.stop();
    }
  } finally {
    await lock?.release();
  }
}
