// What the pipeline is configured with while it is fuzzed: open, or a directory of two tenants, with every
// DKIM mode; and the arrivals of every channel.

import { createHash } from "node:crypto";
import { buildDirectory, OPEN_DIRECTORY } from "../../services/core/directory/directory.ts";
import type { KeyAnswer } from "../../services/core/dkim/signature.ts";
import type { Arrival } from "../../services/core/raw.ts";
import type { IngestContext } from "../../services/ingest/context.ts";
import type { Chance } from "./chance.ts";
import { DOMAINS, ODD_TEXTS } from "./report-shapes.ts";

export const TENANTS: ReadonlySet<string> = new Set(["north", "south"]);

const DKIM_MODES = ["require", "flag", "off"] as const;
const KEYS = ["", "key-north", "key-south", "key-nobody"];
const keyOf = (key: string) => createHash("sha256").update(key).digest("hex");

const DIRECTORY = buildDirectory([
  {
    domain: "example.com",
    tenant: "north",
    aliases: ["alias.example", "shop.example.com"],
    mx: ["mx.north.example", "mx1.example.com", "mx.shared.example", "*.example.com"],
    addresses: ["north@reports.example", "all@reports.example"],
    keys: [keyOf("key-north")],
  },
  {
    domain: "example.net",
    tenant: "south",
    aliases: ["xn--bcher-kva.example"],
    mx: ["mx.shared.example"],
    addresses: ["south@reports.example", "all@reports.example"],
    keys: [keyOf("key-south")],
  },
]);

export const RECEIVED_AT_MS = Date.UTC(2026, 10, 2, 3);
/** The reported day may lie so far ahead: reportDaysAheadMax of core/bounds.ts. */
export const DAY_LAST = "2026-11-09";

/** @param keys what DNS says of DKIM keys */
export function contextOf(
  chance: Chance,
  keys: ReadonlyMap<string, KeyAnswer> = new Map(),
): IngestContext {
  return {
    directory: chance.once(2) ? OPEN_DIRECTORY : DIRECTORY,
    dkim: chance.pick(DKIM_MODES),
    keyRequired: chance.once(6),
    nowMs: RECEIVED_AT_MS + chance.pick([0, 60_000, 86_400_000, 30 * 86_400_000]),
    keys,
  };
}

const RECIPIENTS = [
  "north@reports.example",
  "south@reports.example",
  "all@reports.example",
  "tlsrpt@example.com",
  "NORTH@reports.example",
  "",
];

/** How a message came; `channel` is one of the three when not given. */
export function arrivalOf(chance: Chance, channel?: Arrival["channel"]): Arrival {
  const from = channel ?? chance.pick(["https", "import", "import"] as const);
  const smtp = from === "smtp";
  const odd = (usual: readonly string[]) =>
    chance.once(12) ? chance.pick(ODD_TEXTS) : chance.pick(usual);
  const domain = chance.pick(DOMAINS);
  return {
    receipt: "01K9ZZZZZZZZZZZZZZZZZZZZZZ",
    receivedAtMs: RECEIVED_AT_MS,
    channel: from,
    peer: from === "import" ? "" : "192.0.2.7",
    helo: smtp ? odd(["mail.sender.example"]) : "",
    tls: chance.pick(["", "TLSv1.3 TLS_AES_256_GCM_SHA384"]),
    mailFrom: smtp ? odd(["tls@sender.example", ""]) : "",
    rcptTo: smtp ? chance.some(1, 3, () => odd(RECIPIENTS)) : [],
    contentType: from === "https" ? odd(["application/tlsrpt+gzip", "application/json", ""]) : "",
    fileName:
      from === "import"
        ? odd(["", `sender.example!${domain}!1793491200!1793577599!1.json`, "report.json.gz"])
        : "",
    key: from === "https" ? urlKey(chance.pick(KEYS)) : "",
    reprocess: chance.once(20),
  };
}

/** As the receiver keeps it. */
function urlKey(key: string): string {
  return key === "" ? "" : keyOf(key);
}
