// Target: mails through the whole pipeline, with DKIM-Signature fields and keys of every fault.

import { BOUNDS } from "../../services/core/bounds.ts";
import { type KeyAnswer, keyNames } from "../../services/core/dkim/signature.ts";
import type { Raw } from "../../services/core/raw.ts";
import { type IngestContext, OPEN_SETTINGS } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { Chance } from "./chance.ts";
import { arrivalOf, contextOf, RECEIVED_AT_MS } from "./contexts.ts";
import { checkItems } from "./items.ts";
import { type MailShape, mail } from "./mail-shapes.ts";
import { mutate } from "./mutate.ts";
import { hold, target } from "./target.ts";

interface MailCase extends MailShape {
  raw: Raw;
  context: IngestContext;
}

const TOKENS = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "\u0000",
  "\xe9",
  "--=_b\r\n",
  "--=_b--\r\n",
  "--",
  "Content-Type: message/rfc822\r\n",
  'Content-Type: multipart/mixed; boundary="=_b"\r\n',
  "Content-Transfer-Encoding: base64\r\n",
  "DKIM-Signature: v=1;",
  "\x1f\x8b\x08",
  "PK\x03\x04",
  "From ",
  "\r\n\t",
  "=?utf-8?B?",
  "; boundary=",
  "{",
];

const KEYS: readonly KeyAnswer[] = [
  "absent",
  "unknown",
  [],
  [""],
  ["v=DKIM1; k=rsa; p="],
  ["v=DKIM1; k=rsa; p=AAAA"],
  ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
  ["v=DKIM1; s=email; t=y:s; p=!!!!"],
  ["k=rsa", "p=AAAA"],
  [`p=${"A".repeat(10_000)}`],
  ["\u0000"],
];

function make(chance: Chance): MailCase {
  const shape = mail(chance);
  const whole = chance.once(3) || shape.holds !== "";
  const bytes = whole ? shape.bytes : mutate(chance, shape.bytes, TOKENS);
  const arrival = arrivalOf(chance, chance.pick(["smtp", "smtp", "import", "https"] as const));
  const names = keyNames(bytes);
  const keys = new Map(names.map((name): [string, KeyAnswer] => [name, chance.pick(KEYS)]));
  const context = contextOf(chance, keys);
  return { ...shape, bytes, raw: { arrival, bytes }, context };
}

async function check({ raw, context, holds, bytes }: MailCase): Promise<void> {
  const names = keyNames(bytes);
  hold(names.length <= BOUNDS.dkimSignaturesMax, "signatures looked at are bounded", () => names);
  hold(
    names.every((name) => name === name.toLowerCase()),
    "key names are lower case",
    () => names,
  );
  const items = await ingest(raw, context);
  checkItems(items, raw, context);
  const verified = items.some((item) => item.trust === "verified");
  hold(!verified, "nobody signs without a key");
  if (holds === "") return;
  const open = await ingest(raw, { ...OPEN_SETTINGS, nowMs: RECEIVED_AT_MS, keys: context.keys });
  const found = open.filter((item) => item.kind === "report");
  hold(
    found.length === 1 && found[0]?.reportCells.includes(`"${holds}"`) === true,
    "the report in the mail is found",
    () => open,
  );
}

export const mailTarget = target<MailCase>({
  name: "mail",
  about: "mails and MIME trees through decoding, DKIM and the pipeline",
  lanes: 1,
  make,
  print: ({ bytes }) => bytes,
  open: async () => ({ check }),
});
