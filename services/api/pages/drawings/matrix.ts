// A panel as matrix.

import type { Html } from "../html.ts";
import type { Drawn } from "../section.ts";
import { table } from "./table.ts";

/** Draws the rows. */
export function matrix(drawn: Drawn): Html {
  return table(drawn);
}
