// Finds which member names occur twice in one object. JSON.parse keeps the last one and says
// nothing; this slower pass runs only when the members do not add up.

import type { Deviations } from "../deviation.ts";
import { stringEnd } from "./json-grammar.ts";
import { escapeToken } from "./json-surrogates.ts";

/** One open container: member names of an object, or the index in an array. */
interface Level {
  /** null in an array. */
  names: Set<string> | null;
  /** The member or index that is being read. */
  current: string | number;
}

/**
 * Adds a `duplicate-member` deviation for every member that repeats an earlier one of its object
 * (RFC 7493 section 2.3).
 * @param text JSON that JSON.parse has accepted
 */
export function reportDuplicates(text: string, deviations: Deviations): void {
  const levels: Level[] = [];
  let string = "";
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') {
      const end = stringEnd(text, i);
      string = text.slice(i, end + 1);
      i = end;
    } else if (char === "{") {
      levels.push({ names: new Set(), current: "" });
    } else if (char === "[") {
      levels.push({ names: null, current: 0 });
    } else if (char === "}" || char === "]") {
      levels.pop();
    } else if (char === ",") {
      const level = levels.at(-1);
      if (typeof level?.current === "number") level.current += 1;
    } else if (char === ":") {
      const level = levels.at(-1);
      if (!level?.names) continue;
      const name = memberName(string);
      level.current = name;
      if (level.names.has(name)) deviations.add("duplicate-member", pointer(levels), name);
      level.names.add(name);
    }
  }
}

function memberName(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** RFC 6901 pointer to what is being read. */
function pointer(levels: Level[]): string {
  let text = "";
  for (const { current } of levels) {
    text += `/${escapeToken(String(current))}`;
  }
  return text;
}
