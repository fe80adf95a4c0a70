// A panel as chart.

import type { Html } from "../html.ts";
import type { Drawn } from "../section.ts";
import { table } from "./table.ts";

/** Draws the rows. */
export function chart(drawn: Drawn): Html {
  return table(drawn);
}
