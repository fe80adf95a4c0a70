// The table of drawings: how a panel can be shown. A new one is one file and one line here.

import type { DrawingName } from "../definition.ts";
import type { Drawing } from "../section.ts";
import { chart } from "./chart.ts";
import { list } from "./list.ts";
import { matrix } from "./matrix.ts";
import { table } from "./table.ts";
import { tiles } from "./tiles.ts";

export const DRAWINGS: Record<DrawingName, Drawing> = { tiles, table, list, chart, matrix };
