// Target: requests to the API over the real engine with some rows in it. Whatever is asked, and however, it is never
// a failure of the server.

import { createAccess } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { silent } from "../../services/observe/events.ts";
import { PANELS } from "../../services/query/index.ts";
import { PARAMETERS } from "../../services/query/parameter-table.ts";
import { startTestStore } from "../support/engine.ts";
import type { Chance } from "./chance.ts";
import { ODD_TEXTS } from "./report-shapes.ts";
import { type Bench, hold, target } from "./target.ts";

interface ApiCase {
  path: string;
  method: string;
  headers: [string, string][];
}

const PATHS = [
  "/",
  "/api/v1",
  "/api/v1/openapi.json",
  "/healthz",
  "/readyz",
  "/metrics",
  "/assets/sealwatch.css",
  "/v1/tlsrpt",
  "/api/v1/reports/00000000-0000-0000-0000-000000000000",
  "/api/v1/reports/00000000-0000-0000-0000-000000000000/raw",
  "/api/v1/quarantine/01K9ZZZZZZZZZZZZZZZZZZZZZZ/0",
  "/api/v1/quarantine/01K9ZZZZZZZZZZZZZZZZZZZZZZ/0/raw",
  "/api/v1/quarantine/01K9ZZZZZZZZZZZZZZZZZZZZZZ/99999999999999999999",
  ...PANELS.map(({ id }) => `/api/v1/${id}`),
];
const METHODS = ["GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
const VALUES = [
  "example.com",
  "2026-01-01",
  "2149-06-06",
  "1970-01-01",
  "2149-06-06T23:59:59Z",
  "2120-05-05T06:00:00Z",
  "1970-01-01T00:00:01Z",
  "hour",
  "year",
  "mx",
  "csv",
  "1",
  "10000",
  "verified",
  "sts",
  "%",
  "{x:String}",
  "x".repeat(1_024),
  "x".repeat(1_025),
  ...ODD_TEXTS,
];
const HEADERS: readonly [string, string][] = [
  ["Accept", "text/csv"],
  ["Accept", "text/html, */*;q=0.1"],
  ["Accept", "application/json;q=0, */*;q=x"],
  ["Accept", "x".repeat(5_000)],
  ["Authorization", "Bearer x"],
  ["Authorization", "Basic \u00ff"],
  ["Cookie", "a=b; ; =; sealwatch=%%%"],
  ["Host", "evil.example"],
  ["Host", "127.0.0.1:99999"],
  ["Origin", "null"],
  ["Sec-Fetch-Site", "cross-site"],
  ["If-None-Match", "*"],
  ["Range", "bytes=0-1"],
  ["X-Forwarded-For", "192.0.2.1, x"],
];

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function pathOf(chance: Chance): string {
  if (!chance.once(6)) return chance.pick(PATHS);
  const part = () =>
    chance.once(2) ? encode(chance.pick(ODD_TEXTS)) : chance.pick(["%", "%00", "..", "x"]);
  return `${chance.pick(["", "/api/v1", "/api/v1/reports", "/api/v1/quarantine"])}/${chance.some(0, 3, part).join("/")}`;
}

function make(chance: Chance): ApiCase {
  const pairs = chance.some(0, 4, () => {
    const name = chance.once(8) ? chance.pick(ODD_TEXTS) : chance.pick(Object.keys(PARAMETERS));
    const value = chance.once(10)
      ? chance.pick(["%", "%ff", "+", "a=b"])
      : encode(chance.pick(VALUES));
    return `${encode(name)}=${value}`;
  });
  const query = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  const headers = chance.some(0, 2, () => chance.pick(HEADERS));
  return { path: pathOf(chance) + query, method: chance.pick(METHODS), headers };
}

async function open(): Promise<Bench<ApiCase>> {
  const { store, stop } = await startTestStore();
  const failures: string[] = [];
  const app = createApi({
    store,
    spool: null,
    ready: async () => ({ ready: true, checks: {} }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: (name, fields) => {
      if (name === "api-failed") failures.push(String(fields?.["error"]));
      else silent(name, fields);
    },
    access: createAccess([everybodyWay(MACHINE)]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    version: "1.2.3",
  });
  return {
    async check({ path, method, headers }) {
      const sent = new Headers();
      for (const [name, value] of headers) sent.set(name, value);
      const response = await app.request(`http://localhost${path}`, { method, headers: sent });
      const text = await response.text();
      const failed = response.status >= 500 && response.status !== 501;
      hold(
        !failed,
        "a request is no failure of ours",
        () => `${text} ${failures.splice(0).join()}`,
      );
      const type = response.headers.get("content-type") ?? "";
      if (/json/.test(type) && text !== "") JSON.parse(text);
      hold(response.headers.has("x-content-type-options"), "answers have the usual headers");
    },
    close: stop,
  };
}

export const apiTarget = target<ApiCase>({
  name: "api",
  about: "requests to the API over the real engine",
  lanes: 1,
  make,
  print: (one) => Buffer.from(JSON.stringify(one)),
  open,
});
