// A panel as tiles.

import type { Html } from "../html.ts";
import type { Drawn } from "../section.ts";
import { table } from "./table.ts";

/** Draws the rows. */
export function tiles(drawn: Drawn): Html {
  return table(drawn);
}
