// A terminal that keeps what is written to it.

import type { Terminal } from "../../../services/cli/terminal.ts";

export interface RecordedTerminal extends Terminal {
  outText(): string;
  errText(): string;
}

export function recordedTerminal(columns = 100): RecordedTerminal {
  let out = "";
  let err = "";
  return {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outText: () => out,
    errText: () => err,
    outIsTerminal: true,
    errIsTerminal: false,
    columns,
    color: false,
    unicode: true,
  };
}
