// Who owns an open segment or the lock of a data folder, and whether that process is still there.
// Knows Linux's /proc; where there is none, the process id alone must do.

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** One process of one machine, told apart from a later process with the same id. */
export interface Owner {
  host: string;
  /** Changes with each start of the machine; "" where the system does not tell. */
  boot: string;
  /** Namespace of process ids: two containers of one machine do not see each other's processes. */
  pidSpace: string;
  pid: number;
  /** Start of the process in ticks since the machine's start; "" where the system does not tell. */
  start: string;
}

/** `unknown`: a process that cannot be seen from here; only its silence can tell. */
export type OwnerFate = "alive" | "gone" | "unknown";

/** This process. */
export function thisOwner(): Owner {
  return {
    host: hostname(),
    boot: readText("/proc/sys/kernel/random/boot_id"),
    pidSpace: pidSpace(),
    pid: process.pid,
    start: processStart(process.pid)?.start ?? "",
  };
}

/** Looks for the owner's process. @param self this process, from which the owner is looked at */
export function ownerFate(owner: Owner, self: Owner = thisOwner()): OwnerFate {
  if (!sees(self, owner)) return "unknown";
  const seen = owner.start === "" ? null : processStart(owner.pid);
  if (seen === null) return signalReaches(owner.pid) ? "alive" : "gone";
  return !seen.dead && seen.start === owner.start ? "alive" : "gone";
}

/** The host name counts only where the system tells nothing better: containers choose their own. */
function sees(self: Owner, owner: Owner): boolean {
  if (owner.boot !== self.boot || owner.pidSpace !== self.pidSpace) return false;
  return (self.boot !== "" && self.pidSpace !== "") || owner.host === self.host;
}

/** Reads an owner as this file writes it; null when the value is not one. */
export function readOwner(value: unknown): Owner | null {
  if (typeof value !== "object" || value === null) return null;
  const of: Record<string, unknown> = { ...value };
  const { host, boot, pidSpace, pid, start } = of;
  if (typeof host !== "string" || typeof boot !== "string" || typeof pidSpace !== "string") {
    return null;
  }
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return null;
  return typeof start === "string" ? { host, boot, pidSpace, pid, start } : null;
}

/** Field 3 (state) and field 22 (starttime) of proc(5) stat, behind the name, which may hold ")". */
function processStart(pid: number): { start: string; dead: boolean } | null {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const start = fields[19];
  return start === undefined ? null : { start, dead: /^[ZX]/.test(fields[0] ?? "") };
}

function pidSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

/** EPERM says that there is such a process, of another user. */
function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
