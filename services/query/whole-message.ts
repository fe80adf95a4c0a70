// Whether a caller may see all of a message. A file or a mail may hold reports of several tenants, and its
// bytes are kept as one: they are for those who may see every part.

import type { Store } from "../store/port.ts";
import { recordParameters } from "./newest.ts";
import { messageTenants } from "./panels/message-tenants.ts";
import { runPanel, type Scope } from "./run.ts";

const SECOND_MS = 1_000;

/**
 * True when everything in a message is of tenants that the caller may see. It looks at all tenants, so
 * that the answer may decide what is shown, and must not be shown itself.
 * @param receivedMs when the message came in, epoch milliseconds
 */
export async function seesWhole(
  store: Store,
  scope: Scope,
  receipt: string,
  receivedMs: number,
): Promise<boolean> {
  const { tenants } = scope;
  if (tenants === "all") return true;
  const fromMs = Math.floor(receivedMs / SECOND_MS) * SECOND_MS;
  const range = { fromMs, toMs: fromMs + SECOND_MS };
  const parameters = recordParameters({ receipt: [receipt] }, range);
  const { rows } = await runPanel(store, messageTenants, parameters, { tenants: "all" });
  return rows.every(({ tenant }) => tenants.includes(String(tenant)));
}
