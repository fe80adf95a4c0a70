// What is done with mail that has no valid signature of the reporting domain (RFC 8460 section 3).

/** Whether such mail is quarantined, counted and marked, or signatures are not looked at. */
export const DKIM_MODES = ["require", "flag", "off"] as const;
export type DkimMode = (typeof DKIM_MODES)[number];
