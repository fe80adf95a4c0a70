// `npm run bench [-- NAME...]`: every measured claim of the project, as ratios against a floor or a peer
// that is measured in the same run. Ends with 1 when a bar is missed.

import { benchDkim } from "./dkim.ts";
import { benchFlood } from "./flood.ts";
import { benchHttp } from "./http.ts";
import { benchImport } from "./import.ts";
import { benchPages } from "./pages.ts";
import { benchPipeline } from "./pipeline.ts";
import { printVerdict, type Verdict } from "./report.ts";
import { benchSmtp } from "./smtp.ts";

const BENCHES: Record<string, () => Promise<Verdict | Verdict[]>> = {
  pipeline: benchPipeline,
  http: benchHttp,
  smtp: benchSmtp,
  import: benchImport,
  dkim: benchDkim,
  flood: benchFlood,
  pages: benchPages,
};

const chosen = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : Object.keys(BENCHES);
let missed = false;
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    process.stderr.write(`no benchmark ${name}; there are ${Object.keys(BENCHES).join(", ")}\n`);
    process.exit(2);
  }
  for (const verdict of [await bench()].flat()) {
    printVerdict(verdict);
    missed ||= !verdict.met;
  }
}
process.exitCode = missed ? 1 : 0;
