// Time zones: what a wall clock shows at an instant, and at which instant it shows a time. The tables
// are those that the JavaScript engine brings; the store is never asked, so the two cannot differ.

/** The zone that reports are made in, and that is meant when none is named. */
export const UTC = "UTC";

const DAY_MS = 86_400_000;
/** Names such as Europe/Berlin or Etc/GMT+5; offsets such as +02:00 are no zones. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

// Only names of real zones get in, in one spelling: some hundred.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const key = zone.toLowerCase();
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(key, made);
  return made;
}

/**
 * The name of a time zone of the IANA database as it will be used, or null when there is none such.
 * UTC under any of its names is "UTC".
 */
export function readTimeZone(name: string): string | null {
  if (!NAME.test(name)) return null;
  try {
    return formatOf(name).resolvedOptions().timeZone === UTC ? UTC : name;
  } catch {
    return null;
  }
}

/** What the wall clock of a zone shows at an instant, as if it were UTC: epoch milliseconds. */
export function wallTime(ms: number, zone: string): number {
  if (zone === UTC) return ms;
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(ms)) shown[type] = Number(value);
  const { year = 0, month = 1, day, hour, minute, second } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (ms - Math.floor(ms / 1000) * 1000);
}

/**
 * The first instant at which the wall clock of a zone shows a time. Where clocks are put forward over
 * it, it is as much later as they are put forward: a day whose midnight is left out begins at its
 * first instant.
 * @param wallMs what the clock shows, as if it were UTC
 */
export function instantOf(wallMs: number, zone: string): number {
  if (zone === UTC) return wallMs;
  const offsetAt = (ms: number) => wallTime(ms, zone) - ms;
  // No zone changes its clock twice within two days.
  const before = wallMs - offsetAt(wallMs - DAY_MS);
  const after = wallMs - offsetAt(wallMs + DAY_MS);
  if (before === after) return before;
  const reaching = [before, after].filter((ms) => wallTime(ms, zone) >= wallMs);
  return Math.min(...(reaching.length > 0 ? reaching : [after]));
}
