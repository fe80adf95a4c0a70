// Charts over the real store: on the pages and as SVG files they have the numbers of the API.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { showCount } from "../../services/charts/count.ts";
import { CHARTS } from "../../services/charts/panels.ts";
import { PANELS } from "../../services/query/index.ts";
import type { Row } from "../../services/query/panel.ts";
import { sectionsOf } from "../support/page-text.ts";
import {
  type PostmasterServer,
  startPostmasterServer,
  TENANT_COOKIE,
} from "../support/postmaster-server.ts";

const RANGE = "from=2026-01-01&to=2026-05-01";

let server: PostmasterServer;
beforeAll(async () => {
  server = await startPostmasterServer();
});
afterAll(() => server.stop());

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers });

async function rowsOf(path: string): Promise<Row[]> {
  const { data }: { data: Row[] } = JSON.parse(await (await ask(path)).text());
  return data;
}

/** The cells of each line of the table beside a chart. */
function numbersOf(section: string): string[][] {
  const table = /id="[\w-]+-numbers">.*?<\/table>/s.exec(section)?.[0] ?? "";
  const lines = table.match(/<tr>.*?<\/tr>/gs) ?? [];
  return lines.map((line) =>
    [...line.matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, cell = ""]) => cell),
  );
}

describe("a chart on a page", () => {
  test("has the trend of the API, and a line for each day without a report", async () => {
    const page = await (await ask(`/?${RANGE}`)).text();
    const [head, ...lines] = numbersOf(sectionsOf(page).get("trend") ?? "");
    const rows = await rowsOf(`/api/v1/trend?${RANGE}&step=week`);
    expect(head).toEqual(["From", "Successful", "Failed"]);
    // Newest first, so that whoever reads without script sees the last days.
    const told = lines.filter(([, successful]) => successful !== "No report").toReversed();
    expect(told).toEqual(
      rows.map((row) => [
        String(row["bucket"]).slice(0, 10),
        showCount(Number(row["successful_sessions"])),
        showCount(Number(row["failed_sessions"])),
      ]),
    );
    // 1 January 2026 is a Thursday: the weeks from 29 December to 27 April.
    expect(lines).toHaveLength(18);
  });

  test("goes along as values that are no markup", async () => {
    const page = await (await ask(`/?${RANGE}`)).text();
    const [, chart = ""] = /data-chart="([^"]*)"/.exec(page) ?? [];
    expect(chart).not.toMatch(/[<>]/);
    expect(JSON.parse(chart.replaceAll("&quot;", '"'))).toMatchObject({ kind: "timeline" });
  });
});

describe("format=svg", () => {
  test.each(Object.keys(CHARTS))("of %s is a file in which nothing can run", async (id) => {
    const answer = await ask(`/api/v1/${id}?${RANGE}&format=svg`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    expect(answer.headers.get("content-disposition")).toContain(`${id}.svg`);
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toMatch(/^sandbox; default-src 'none'; style-src 'unsafe-inline'/);
    expect(policy).not.toContain("script-src");
    const text = await answer.text();
    expect(text).toMatch(/^<svg [^>]*>.*<path .*<\/svg>\s*$/s);
    const kept = { "If-None-Match": answer.headers.get("etag") ?? "" };
    expect((await ask(`/api/v1/${id}?${RANGE}&format=svg`, kept)).status).toBe(304);
  });

  test("has the names and the sums of the rows", async () => {
    const rows = await rowsOf(`/api/v1/mx-by-result-type?${RANGE}`);
    const svg = await (await ask(`/api/v1/mx-by-result-type?${RANGE}&format=svg`)).text();
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    for (const { mx, failed_sessions } of rows) {
      expect(texts).toContain(mx || "not said");
      expect(texts).toContain(String(failed_sessions));
    }
  });

  test("shows a tenant nothing of another", async () => {
    const path = `/api/v1/failures-by-mx?${RANGE}&format=svg`;
    const blue = await (await ask(path, { cookie: `${TENANT_COOKIE}=blue` })).text();
    expect(blue).not.toContain("mx1.example.com");
    expect(await (await ask(path)).text()).toContain("mx1.example.com");
  });

  test("is given to whoever asks for the media type", async () => {
    const answer = await ask(`/api/v1/trend?${RANGE}`, { Accept: "image/svg+xml" });
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
  });

  test("of a panel without a chart is not to be had, and the answer says what is", async () => {
    const without = PANELS.filter(({ id }) => !(id in CHARTS));
    for (const { id } of without) {
      const answer = await ask(`/api/v1/${id}?format=svg`);
      expect(answer.status, id).toBe(406);
      expect(JSON.parse(await answer.text()).detail).toBe("Ask for application/json or text/csv.");
    }
    const other = await ask("/api/v1/trend", { Accept: "image/png" });
    expect(JSON.parse(await other.text()).detail).toBe(
      "Ask for application/json, text/csv or image/svg+xml.",
    );
  });
});

test("pages allow scripts of their own and of nobody else", async () => {
  const policy = (await ask("/")).headers.get("content-security-policy") ?? "";
  expect(policy.split("; ")).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
  );
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});
