// SIGTERM and SIGINT: the first drains, a second one ends at once. Acknowledged reports are durable
// either way. SIGHUP loads the configuration again, and never ends the program.

import type { Emit } from "../observe/events.ts";
import { EXIT } from "./exit-codes.ts";

export interface StopSignal {
  /** Resolves at the first signal. */
  told: Promise<void>;
  /** From here on the program ends after this long, drained or not. */
  startDeadline(ms: number, exitCode: number): void;
}

/** Watches the signals of this process. */
export function whenToldToStop(emit: Emit): StopSignal {
  let count = 0;
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(EXIT.interrupted);
        emit("stopping", { signal });
        resolve();
      });
    }
  });
  return {
    told,
    startDeadline: (ms, exitCode) => {
      setTimeout(() => {
        emit("stop-deadline", { ms });
        process.exit(exitCode);
      }, ms).unref();
    },
  };
}

export interface ReloadSignal {
  /** From here on the signal acts; one that came before acts now. */
  begin(): void;
  /** The signal is ignored from here on: the program ends. */
  end(): void;
}

/** Watches SIGHUP, from now on: its default would end a program that is still starting. */
export function whenToldToReload(reload: () => Promise<void>): ReloadSignal {
  let state: "starting" | "told" | "running" | "ended" = "starting";
  process.on("SIGHUP", () => {
    if (state === "starting") state = "told";
    if (state === "running") void reload();
  });
  return {
    begin: () => {
      const told = state === "told";
      state = "running";
      if (told) void reload();
    },
    end: () => {
      state = "ended";
    },
  };
}
