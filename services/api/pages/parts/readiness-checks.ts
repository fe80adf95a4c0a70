// The checks of /readyz in words: what each is, what it is for, and what it means when it fails.

import { toneMark } from "../cells.ts";
import type { Html } from "../html.ts";

export interface ReadinessCheck {
  title: string;
  meaning: string;
  /** What happens meanwhile; "" where the check says it itself. */
  fails: string;
}

const CHECKS: Readonly<Record<string, ReadinessCheck>> = {
  spool: {
    title: "Spool and disk",
    meaning: "Where messages are made durable before they are acknowledged.",
    fails: "Nothing new is taken until there is room on the disk again; senders of mail try again.",
  },
  domains: { title: "Domains", meaning: "Whose reports are taken.", fails: "" },
  store: {
    title: "Store",
    meaning: "Where reports are kept and asked for.",
    fails: "Reports wait in the spool and nothing is lost; pages show what the store can give.",
  },
  writer: {
    title: "Writer",
    meaning: "Takes messages out of the spool and stores them.",
    fails: "They wait in the spool, in order, and nothing is lost.",
  },
  clock: { title: "Clock", meaning: "Arrivals are told by it.", fails: "" },
  certificate: {
    title: "Certificate",
    meaning: "Shown to senders that encrypt.",
    fails: "",
  },
  tokens: {
    title: "Tokens",
    meaning: "Let programs and people in.",
    fails: "Who asks cannot be looked up.",
  },
  access: {
    title: "Who may log in",
    meaning: "Sessions, and the key that they are made with.",
    fails: "Who asks cannot be looked up.",
  },
};

/** A check by its name in /readyz; one without words here goes by that name. */
export function readinessCheck(name: string): ReadinessCheck {
  const found = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  return found ?? { title: name, meaning: "", fails: "" };
}

/** How one is. */
export function readinessMark(ok: boolean): Html {
  return ok ? toneMark("ok", "✓", "Good") : toneMark("failed", "✗", "Fails");
}
