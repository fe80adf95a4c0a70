// How fast the commands of one SMTP connection are worked through: a client that sends thousands of them
// at once takes turns with all others, and one that sends nothing but commands is ended.

import { BOUNDS } from "../core/bounds.ts";

export interface CommandPace {
  /** Counts a command. Gives what goes on to the next one, or null when there were too many. */
  step(next: (() => void) | undefined): (() => void) | null;
  /** A message was taken: the connection is of use, and counted anew. */
  useful(): void;
}

/** The pace of a new connection. */
export function createCommandPace(): CommandPace {
  let commands = 0;
  return {
    step: (next = () => {}) => {
      commands += 1;
      if (commands > BOUNDS.smtpCommandsMax) return null;
      if (commands % BOUNDS.smtpCommandsAtOnce !== 0) return next;
      return () => void setImmediate(next);
    },
    useful: () => {
      commands = 0;
    },
  };
}
