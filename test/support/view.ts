// A view of a page as a request makes it, over a store that answers what a test says.

import { Hono } from "hono";
import type { Caller } from "../../services/access/caller.ts";
import { MACHINE } from "../../services/access/ways.ts";
import type { ApiOptions } from "../../services/api/options.ts";
import type { Definition } from "../../services/api/pages/definition.ts";
import { type View, viewOf } from "../../services/api/pages/view.ts";
import type { PanelResult } from "../../services/query/run.ts";

export const NOW = Date.parse("2026-03-20T10:00:00Z");

const unused = () => Promise.reject(new Error("nothing is asked of the store here"));

export interface Viewed {
  page?: Partial<Definition>;
  tenants?: readonly string[] | "all";
  options?: Partial<ApiOptions>;
}

/** The view of a request for this path and query. */
export async function viewAt(address: string, given: Viewed = {}): Promise<View> {
  const page: Definition = {
    ...{ id: "test", path: "/", title: "Test", description: "A page of a test." },
    ...{ controls: ["last", "from", "to", "domain", "mx", "trust", "timezone"], sections: [] },
    ...given.page,
  };
  const options: ApiOptions = {
    store: { select: unused, insert: unused, command: unused, ping: unused, close: unused },
    ...{ spool: null, ready: unused, metrics: unused, emit: () => {} },
    access: { identify: unused },
    ...{ loginPath: null, reportUrl: null, reportAddress: null, version: "1.2.3" },
    clock: () => NOW,
    ...given.options,
  };
  const views: View[] = [];
  const app = new Hono<{ Variables: { caller: Caller } }>().get(page.path, (c) => {
    c.set("caller", { ...MACHINE, tenants: given.tenants ?? "all" });
    views.push(viewOf(c, options, page));
    return c.text("");
  });
  await app.request(address);
  const view = views[0];
  if (view === undefined) throw new Error(`${address} is not an address of ${page.path}`);
  return view;
}

/** What a panel answers, with the meta that drawings read. */
export function answerOf(
  rows: PanelResult["rows"],
  meta: Partial<PanelResult["meta"]> = {},
): PanelResult {
  return {
    rows,
    meta: {
      ...{
        panel: "test",
        filters: {},
        tenants_not_yours: [],
        from: "2026-02-19",
        to: "2026-03-21",
        last: null,
      },
      ...{ timezone: "UTC", step: null, by: null, compare: null, before: null, sort: "" },
      ...{ fields: null, complete_through: "2026-03-18", limit: 100, rows: rows.length },
      ...{ next_cursor: null, totals: {} },
      ...meta,
    },
  };
}
