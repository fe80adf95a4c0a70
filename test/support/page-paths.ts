// An address of every page of the definitions over the seeded set: what stands in a path is asked of the API,
// so that a new page is looked at by every test of pages.

import { type Definition, readDefinitions } from "../../services/api/pages/definition.ts";

/** The days of the seeded set, and the day after. */
export const DAYS = "from=2026-01-01&to=2026-05-01";

export interface PagePath {
  id: string;
  title: string;
  path: string;
}

type Asks = (path: string) => Promise<Record<string, unknown>[]>;

/** For each name in a path of a page, one value that the seeded set has. */
const VALUES: Readonly<Record<string, (ask: Asks) => Promise<string>>> = {
  domain: async () => "example.com",
  problem: async (ask) => first(await ask(`problems?${DAYS}&domain=example.com&limit=1`), "id"),
  report: async (ask) => first(await ask(`reports?${DAYS}&organization=Postbox+Ltd&limit=1`), "id"),
  receipt: async (ask) => first(await ask(`quarantine?${DAYS}&limit=1`), "receipt"),
  panel: async () => "failures-by-mx",
};

function first(rows: Record<string, unknown>[], name: string): string {
  const value = rows[0]?.[name];
  if (typeof value !== "string") throw new Error(`no row has ${name}`);
  return value;
}

/** @throws Error for a name in a path without a value in the table */
export async function pagePaths(url: string): Promise<PagePath[]> {
  const ask: Asks = async (path) => {
    const answer = await fetch(`${url}/api/v1/${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    const { data } = (await answer.json()) as { data: Record<string, unknown>[] };
    return data;
  };
  return Promise.all(readDefinitions().map((page) => pathOf(page, ask)));
}

async function pathOf({ id, title, path }: Definition, ask: Asks): Promise<PagePath> {
  const names = [...path.matchAll(/:([a-z_]+)/g)].map(([, name = ""]) => name);
  let filled = path;
  for (const name of names) {
    const value = VALUES[name];
    if (value === undefined) throw new Error(`${path}: what is ${name}?`);
    filled = filled.replace(`:${name}`, encodeURIComponent(await value(ask)));
  }
  return { id, title, path: `${filled}?${DAYS}` };
}
