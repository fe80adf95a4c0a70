// `npx tsx test/support/serve-postmaster.ts [port]`: the pages over the seeded set, to look at, until a signal.

import { startPostmasterServer } from "./postmaster-server.ts";

const server = await startPostmasterServer(Number(process.argv[2] ?? 0));
process.stdout.write(`${server.url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const failure of server.failures) process.stderr.write(`${failure}\n`);
    void server.stop().finally(() => process.exit(0));
  });
}
