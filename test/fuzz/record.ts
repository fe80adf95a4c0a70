// Target: TXT records for the parser of TLSRPT records (RFC 8460 section 3). What it prints it reads again.

import { BOUNDS } from "../../services/core/bounds.ts";
import {
  parseRecord,
  parseTlsrptRecord,
  printRecord,
  type RecordResult,
} from "../../services/core/tlsrpt/record.ts";
import { RECORD_FAULTS } from "../../services/core/tlsrpt/record-faults.ts";
import type { Chance } from "./chance.ts";
import { mutate } from "./mutate.ts";
import { ODD_TEXTS } from "./report-shapes.ts";
import { hold, target } from "./target.ts";

interface RecordCase {
  texts: string[];
  /** True when the only text is right by the grammar. */
  right: boolean;
}

const URIS = [
  "mailto:tls@example.com",
  "https://reports.example.com/v1/tlsrpt",
  "https://[2001:db8::1]:8443/a?b=c#d",
  "mailto:a%21b@example.com",
  "mailto:%22a%20b%22@example.com",
];
const ODD_URIS = [
  "MAILTO:tls@example.com",
  "mailto:tls@example.com?subject=x",
  "mailto:tls@example.com!10m",
  "mailto:",
  "mailto:a@b@c",
  "mailto:%00@example.com",
  "mailto:%FF@example.com",
  "mailto:tls@b\u00fccher.example",
  "http://example.com/",
  "https://",
  "https://a b/",
  "https://example.com:99999/",
  "ftp:x",
  "",
  "%",
];
const TOKENS = [
  "v=TLSRPTv1",
  ";",
  ";;",
  " ",
  "\t",
  "rua=",
  "RUA=",
  ",",
  "=",
  "!",
  "%2C",
  '"',
  "\\",
];

function text(chance: Chance, right: boolean): string {
  const uris = chance.some(1, chance.once(50) ? 900 : 3, () =>
    chance.pick(right || !chance.once(3) ? URIS : ODD_URIS),
  );
  const comma = chance.pick(right ? ["", " ", "\t"] : ["", " ", "\n"]);
  const extensions = chance.some(0, 3, () => {
    const name = chance.pick(["a", "x-1", "A_b.c", "z".repeat(32)]);
    const value = chance.pick(["1", "a:b", "!~", "x".repeat(200)]);
    return right || !chance.once(4) ? `${name}=${value}` : chance.pick(ODD_TEXTS);
  });
  const fields = [`rua=${uris.join(`${comma},${comma}`)}`, ...extensions];
  if (chance.once(4)) fields.reverse();
  const gap = chance.pick(["", " ", " \t "]);
  const version =
    right || !chance.once(12) ? "v=TLSRPTv1" : chance.pick(["v=TLSRPTv2", "V=", " v"]);
  return `${version};${gap}${fields.join(`${gap};${gap}`)}${chance.pick(["", ";", "; "])}`;
}

function make(chance: Chance): RecordCase {
  if (chance.once(3)) return { texts: [text(chance, true)], right: true };
  const texts = chance.some(0, chance.once(4) ? 5 : 1, () => {
    const one = text(chance, chance.once(2));
    if (chance.once(2)) return one;
    return mutate(chance, Buffer.from(one), TOKENS).toString(chance.pick(["utf8", "latin1"]));
  });
  return { texts, right: false };
}

function check({ texts, right }: RecordCase): void {
  const all = parseRecord(texts);
  hold(all.index >= -1 && all.index < texts.length, "the index is one of the answers");
  checkResult(all);
  for (const one of texts) checkText(one);
  const [first = ""] = texts;
  if (right && first.length <= BOUNDS.recordCharsMax) {
    hold(all.ok, "what the grammar allows is read", () => all);
  }
}

function checkText(one: string): void {
  const read = parseTlsrptRecord(one);
  checkResult(read);
  const faults = read.ok ? read.warnings : read.faults;
  for (const fault of faults) {
    hold(fault.offset >= 0 && fault.offset <= one.length, "a fault is in the text", () => fault);
  }
  if (!read.ok) return;
  const printed = printRecord(read.record);
  if (printed.length > BOUNDS.recordCharsMax) return;
  const again = parseTlsrptRecord(printed);
  hold(again.ok, "what was printed is read", () => ({ printed, again }));
  const same = again.ok && JSON.stringify(again.record) === JSON.stringify(read.record);
  hold(same, "what was printed reads the same", () => ({ read, again }));
}

function checkResult(result: RecordResult): void {
  const faults = result.ok ? result.warnings : result.faults;
  hold(result.ok || faults.length > 0, "a refusal has a reason");
  for (const { code, value } of faults) {
    hold(Object.hasOwn(RECORD_FAULTS, code), "a fault has a known code", () => code);
    hold(value.length <= BOUNDS.faultCharsMax, "what is shown of a fault is bounded");
  }
  if (result.ok) hold(result.record.rua.length > 0, "a record has somewhere to send to");
}

export const recordTarget = target<RecordCase>({
  name: "record",
  about: "TLSRPT records: parse, judge, print",
  lanes: 1,
  make,
  print: ({ texts }) => Buffer.from(texts.join("\n")),
  open: async () => ({ check }),
});
