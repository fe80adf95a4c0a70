// Reports by grammar: right ones, those of every sender's habits, and bent ones, as JSON text that JSON.parse
// or its absence of mercy has to judge.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assetPath } from "../../services/assets.ts";
import type { Chance } from "./chance.ts";

/** JSON text that no value of the language prints to. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const FIXTURES = assetPath("test", "fixtures", "reports");

/** The reports of the fixtures, as sent by the programs that they are named after. */
export const KNOWN_REPORTS: readonly Buffer[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".json") && !name.endsWith(".expected.json"))
  .map((name) => readFileSync(join(FIXTURES, name)));

/** Domains of the directory that the contexts know, aliases and MX hosts among them, and others. */
export const DOMAINS = [
  "example.com",
  "example.net",
  "alias.example",
  "shop.example.com",
  "mx1.example.com",
  "mx.north.example",
  "mx.shared.example",
  "unknown.example",
  "Example.COM.",
  "bücher.example",
  "xn--bcher-kva.example",
  "ex\u0430mple.com",
  "_smtp._tls.example.com",
  "localhost",
  "a".repeat(64),
  `${"a.".repeat(130)}example`,
  "*.example.com",
  "example.com\u0000",
  "",
] as const;

const DATES = [
  "2026-11-01T00:00:00Z",
  "2026-11-01T23:59:59Z",
  "2026-11-02T00:00:00Z",
  "2026-11-01",
  "2026-11-01 00:00:00",
  "2026-11-01T00:00:00+05:30",
  "2026-11-01T24:00:00Z",
  "2026-02-30T00:00:00Z",
  "2016-06-30T23:59:60Z",
  "2015-12-31T23:59:59Z",
  "2016-01-01T00:00:00Z",
  "2026-11-09T23:59:59Z",
  "2026-11-10T00:00:00Z",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "2106-02-07T06:28:16Z",
  "+002026-11-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "2026-11-01T00:00:00.123456789Z",
  "Sun, 01 Nov 2026 00:00:00 +0000",
  "1793491200",
  1793491200,
  1793491200000,
  "",
  "today",
] as const;

const NUMBERS = [0, 1, 2, 7, 100, 999_999_999_999, 1_000_000_000_000, 1_000_000_000_001, 2 ** 53];
const ODD_NUMBERS = [
  "-0",
  "-1",
  "1.5",
  "1e3",
  "1e400",
  "9".repeat(400),
  "1.0",
  "007",
  "NaN",
  "0x10",
];
const RESULTS = [
  "starttls-not-supported",
  "certificate-host-mismatch",
  "certificate-expired",
  "validation-failure",
  "sts-webpki-invalid",
  "dane-required",
  "Certificate-Expired",
  "new-thing",
];
const ADDRESSES = [
  "192.0.2.1",
  "2001:db8::1",
  "[192.0.2.1]",
  "::ffff:192.0.2.1",
  "2001:DB8:0:0:0:0:0:1%eth0",
  "192.0.2.256",
  "192.0.2.1:25",
  "1:2:3:4:5:6:7:8:9",
  "unknown",
];
export const ODD_TEXTS = [
  "",
  " ",
  "\t a \r\n b",
  "null",
  "=HYPERLINK(1)",
  "<script>alert(1)</script>",
  "\u0000",
  "\u001b[31m",
  "\ud800",
  "a\udc00b",
  "\ufeff",
  "\u202e",
  "🦭".repeat(40),
  "é".repeat(1_100),
  "x".repeat(5_000),
  "__proto__",
  "constructor",
  "'; DROP TABLE reports; --",
  '"],["',
  "\\",
  "\u2028",
];

/** A text of a report as JSON. */
export function reportText(chance: Chance): string {
  if (chance.once(4)) return print(chance, bend(chance, parsed(chance.pick(KNOWN_REPORTS))));
  return print(chance, chance.once(3) ? bend(chance, report(chance)) : report(chance));
}

function parsed(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"));
}

/** A report that differs from the RFC in some places, or in none. */
export function report(chance: Chance): unknown {
  const policies = chance.some(chance.once(20) ? 0 : 1, 4, () => policy(chance));
  const { date, text } = places(chance);
  return members(chance, [
    [8, "organization-name", () => text(["Sender One", " sender  one", "Mail Ä"])],
    [9, "date-range", () => ({ "start-datetime": date(0), "end-datetime": date(1) })],
    [8, "contact-info", () => text(["tls@sender.example", "mailto:a@sender.example", null])],
    [8, "report-id", () => text(["2026-11-01_example.com", 4711, "é"])],
    [chance.once(30) ? 1 : 99, "policies", () => (chance.once(25) ? policies[0] : policies)],
  ]);
}

function places(chance: Chance) {
  const date = (usual: number) => (chance.once(3) ? chance.pick(DATES) : DATES[usual]);
  const text = (usual: readonly unknown[]) =>
    chance.once(6) ? oddValue(chance) : chance.pick(usual);
  return { date, text };
}

function policy(chance: Chance): unknown {
  const { text } = places(chance);
  const lines = ["version: STSv1", "mode: enforce", "mx: *.example.com", "max_age: 86400"];
  const tlsa = ["3 1 1 00ab", "3 0 1 FFEE"];
  const joined = chance.pick(["\r\n", "\n", ", "]);
  const types = ["sts", "tlsa", "no-policy-found", "STS", "sts", "tlsa", "dnsx"];
  const inner = () =>
    members(chance, [
      [9, "policy-type", () => text(types)],
      [4, "policy-string", () => text([lines, tlsa, lines.join(joined), [], null, '["a","b"]'])],
      [9, "policy-domain", () => text(DOMAINS)],
      [
        4,
        chance.pick(["mx-host", "mx-host-pattern"]),
        () => text([["*.example.com"], "mx.example"]),
      ],
    ]);
  const summary = () =>
    members(chance, [
      [20, "total-successful-session-count", () => count(chance)],
      [20, "total-failure-session-count", () => count(chance)],
    ]);
  return members(chance, [
    [20, "policy", inner],
    [20, "summary", summary],
    [2, "failure-details", () => chance.some(0, chance.pick([2, 6]), () => detail(chance))],
    [1, "unknown-member", () => oddValue(chance)],
  ]);
}

function detail(chance: Chance): unknown {
  const { text } = places(chance);
  return members(chance, [
    [9, "result-type", () => text(RESULTS)],
    [6, "sending-mta-ip", () => text(ADDRESSES)],
    [6, "receiving-mx-hostname", () => text(DOMAINS)],
    [2, "receiving-mx-helo", () => text(DOMAINS)],
    [6, "receiving-ip", () => text(ADDRESSES)],
    [20, "failed-session-count", () => count(chance)],
    [2, "failure-reason-code", () => text(["X509_V_ERR", null, 18])],
    [1, chance.pick(["additional-information", "additional-info-uri"]), () => text(ODD_TEXTS)],
  ]);
}

function count(chance: Chance): unknown {
  if (chance.once(40)) return new Raw(chance.pick(ODD_NUMBERS));
  if (chance.once(40)) return oddValue(chance);
  const number = chance.once(4) ? chance.pick(NUMBERS) : chance.below(50);
  return chance.once(12) ? String(number) : number;
}

/** Anything where something else belongs. */
export function oddValue(chance: Chance): unknown {
  switch (chance.below(9)) {
    case 0:
      return null;
    case 1:
      return chance.pick([true, false]);
    case 2:
      return chance.pick(NUMBERS);
    case 3:
      return new Raw(chance.pick(ODD_NUMBERS));
    case 4:
      return chance.some(0, 3, () => oddValue(chance));
    case 5:
      return { [chance.pick(ODD_TEXTS)]: chance.pick(ODD_TEXTS) };
    case 6:
      return new Raw(deep(chance.pick([3, 20, 63, 64, 65, 2_000])));
    default:
      return chance.pick(ODD_TEXTS);
  }
}

function deep(levels: number): string {
  return `${'[{"a":'.repeat(levels / 2)}1${"}]".repeat(levels / 2)}`;
}

type Member = [weight: number, name: string, make: () => unknown];

/** Members in any order; each is there `weight` times of `weight` and one. */
function members(chance: Chance, all: readonly Member[]): unknown {
  const kept: [string, unknown][] = [];
  for (const [weight, name, make] of all) {
    if (chance.below(weight + 1) !== 0) kept.push([name, make()]);
  }
  if (chance.once(8)) kept.reverse();
  return Object.fromEntries(kept);
}

/** A value with some of its nodes replaced, dropped, doubled or wrapped. */
function bend(chance: Chance, value: unknown): unknown {
  if (chance.once(24)) return oddValue(chance);
  if (chance.once(60)) return [value];
  if (Array.isArray(value)) {
    const all = value.flatMap((one) => {
      const bent = bend(chance, one);
      if (chance.once(30)) return [];
      return chance.once(30) ? [bent, bent] : [bent];
    });
    return chance.once(20) ? all.toReversed() : all;
  }
  if (typeof value !== "object" || value === null || value instanceof Raw) return value;
  const entries = Object.entries(value).flatMap(([name, one]): [string, unknown][] => {
    if (chance.once(40)) return [];
    return [[chance.once(60) ? odder(chance, name) : name, bend(chance, one)]];
  });
  return Object.fromEntries(entries);
}

function odder(chance: Chance, name: string): string {
  return chance.pick([name.toUpperCase(), `${name} `, name.replaceAll("-", "_"), "__proto__", ""]);
}

/** JSON text with the habits and faults of printers. */
function print(chance: Chance, value: unknown): string {
  const space = chance.once(4) ? chance.pick([" ", "\n", "\r\n\t", ""]) : "";
  const escapes = chance.once(5);
  const doubles = chance.once(8);
  const text = (of: string) => {
    const quoted = JSON.stringify(of);
    if (!escapes || !chance.once(3)) return quoted;
    return quoted.replace(/[a-z]/, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  };
  const walk = (of: unknown): string => {
    if (of instanceof Raw) return of.text;
    if (typeof of === "string") return text(of);
    if (Array.isArray(of)) return `[${of.map(walk).join(`,${space}`)}]`;
    if (typeof of !== "object" || of === null) return JSON.stringify(of ?? null);
    const all = Object.entries(of).map(([name, one]) => `${text(name)}:${space}${walk(one)}`);
    if (doubles && chance.once(3) && all[0] !== undefined) all.push(chance.pick(all));
    return `{${space}${all.join(`,${space}`)}}`;
  };
  return walk(value);
}
