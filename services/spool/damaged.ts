// Sets damaged stretches of a segment aside under damaged/, each with a note for the person who looks
// at it, and makes a record of each, so that it is counted. Nothing reads the files again on its own.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { printReceipt } from "../core/receipt.ts";
import type { Disk } from "./disk.ts";
import type { SpoolFolders } from "./folders.ts";
import { segmentTimeMs } from "./format.ts";
import { writeWhole } from "./outcomes.ts";
import type { Damage } from "./parse-segment.ts";
import type { DamagedRecord } from "./port.ts";

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

/** The record of a damaged stretch. Its receipt is a hash: who reads it twice counts it once. */
export function damagedRecord(
  segment: { name: string; bytes: Uint8Array },
  { start, end }: Damage,
): DamagedRecord {
  const whole = segment.bytes.subarray(start, end);
  const chance = createHash("sha256").update(`${segment.name}\n${start}\n`).update(whole).digest();
  const receivedAtMs = segmentTimeMs(segment.name);
  return {
    kind: "damaged",
    receipt: printReceipt(receivedAtMs, chance),
    receivedAtMs,
    segment: segment.name,
    start,
    end,
    // A copy of its own: a view would keep the whole segment in memory.
    bytes: whole.slice(0, BOUNDS.messageBytesMax),
  };
}

function note(name: string, start: number, end: number): string {
  return [
    `Bytes ${start} to ${end} of the spool segment ${name} are no valid record.`,
    "They are in the file of the same name that ends in .bin, exactly as they were found, and in",
    "quarantine with the reason spool-damaged.",
    "All other records of the segment were used. The cause is outside of Sealwatch: a failing",
    "disk or memory, a file system error, or somebody who edited the file. Whole reports among",
    "the bytes can be cut out and given to `sealwatch import`; then both files may be removed.",
    "",
  ].join("\n");
}
