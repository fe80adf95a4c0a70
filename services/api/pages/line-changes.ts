// What changed between two texts, line by line: the longest lines in common stay, the others were removed or
// added.

export interface LineChange {
  change: "same" | "added" | "removed";
  line: string;
}

/** More lines are compared by their places alone; a policy has a dozen. */
const LINES_MAX = 200;

/** Lines of both texts in their order; removed ones come before those added in their place. */
export function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
  if (before.length > LINES_MAX || after.length > LINES_MAX) return replaced(before, after);
  const common = commonLengths(before, after);
  const changes: LineChange[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      changes.push({ change: "same", line: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && at(common, i + 1, j) >= at(common, i, j + 1)) {
      changes.push({ change: "removed", line: old });
      i += 1;
    } else {
      changes.push({ change: "added", line: now ?? "" });
      j += 1;
    }
  }
  return changes;
}

const at = (table: readonly (readonly number[])[], i: number, j: number) => table[i]?.[j] ?? -1;

/** How many lines the rests of both texts have in common, by where the rests begin. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i--) {
    const row = table[i] ?? [];
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] =
        before[i] === after[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function replaced(before: readonly string[], after: readonly string[]): LineChange[] {
  const changed = (change: LineChange["change"]) => (line: string) => ({ change, line });
  return [...before.map(changed("removed")), ...after.map(changed("added"))];
}
