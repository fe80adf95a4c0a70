// Sets damaged stretches of a segment aside under damaged/, each with a note for the person who looks
// at it. Nothing reads them again on its own.

import { join } from "node:path";
import type { Disk } from "./disk.ts";
import type { SpoolFolders } from "./folders.ts";
import { writeWhole } from "./outcomes.ts";
import type { Damage } from "./parse-segment.ts";

/**
 * Writes the damaged stretches of a segment and their notes, durably. Doing it twice changes nothing.
 * @throws the error of the file system; then some may be missing
 */
export async function setAside(
  disk: Disk,
  folders: SpoolFolders,
  segment: { name: string; bytes: Uint8Array },
  damages: readonly Damage[],
): Promise<void> {
  for (const { start, end } of damages) {
    const path = join(folders.damaged, `${segment.name}-${start}`);
    await writeWhole(disk, `${path}.bin`, segment.bytes.subarray(start, end));
    await writeWhole(disk, `${path}.txt`, Buffer.from(note(segment.name, start, end)));
  }
  await disk.syncFolder(folders.damaged);
}

function note(name: string, start: number, end: number): string {
  return [
    `Bytes ${start} to ${end} of the spool segment ${name} are no valid record.`,
    "They are in the file of the same name that ends in .bin, exactly as they were found.",
    "All other records of the segment were used. The cause is outside of Sealwatch: a failing",
    "disk or memory, a file system error, or somebody who edited the file. Whole reports among",
    "the bytes can be cut out and given to `sealwatch import`; then both files may be removed.",
    "",
  ].join("\n");
}
