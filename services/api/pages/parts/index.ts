// The table of parts: pieces that are written for a page. A definition names them.

import type { Part } from "../section.ts";

export const PARTS: Readonly<Record<string, Part>> = {};
