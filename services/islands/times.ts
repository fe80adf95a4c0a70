// Times in the zone of whoever reads them, with UTC beside, which is what reports are in.

const PARTS = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
} as const;
const TO_SECONDS = { ...PARTS, second: "2-digit" } as const;
const WITH_SECONDS = /\d:\d\d:\d\d/;

/** Rewrites every time of the page that is an instant; days stay days. */
export function startTimes(page: ParentNode): void {
  const format = new Intl.DateTimeFormat("sv-SE", PARTS);
  const toSeconds = new Intl.DateTimeFormat("sv-SE", TO_SECONDS);
  const here = format.resolvedOptions().timeZone;
  if (here === "UTC") return;
  for (const time of page.querySelectorAll<HTMLTimeElement>("time[datetime*='T']")) {
    const ms = Date.parse(time.dateTime);
    if (Number.isNaN(ms) || time.childElementCount > 0) continue;
    const whole = WITH_SECONDS.test(time.textContent ?? "");
    const local = (whole ? toSeconds : format).format(ms);
    const utc = time.dateTime.slice(0, whole ? 19 : 16).replace("T", " ");
    if (local === utc) continue;
    // The day is told again only where it is another.
    const short = local.slice(0, 10) === utc.slice(0, 10) ? utc.slice(11) : utc;
    const beside = document.createElement("small");
    beside.textContent = ` (${short} UTC)`;
    time.title = `${local} in ${here}; ${utc} UTC`;
    time.replaceChildren(local, beside);
  }
}
