// Errors as the ClickHouse HTTP interface tells them: a code, a name, a status. The engine's own
// errors come as text and are read here; our own are made with the same form.

/** ClickHouse codes that we use ourselves. */
export const CODES = {
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_SETTING: 115,
  TOO_LARGE_STRING_SIZE: 131,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  CANNOT_DECOMPRESS: 271,
  QUERY_WAS_CANCELLED: 394,
  AUTHENTICATION_FAILED: 516,
  UNKNOWN_EXCEPTION: 1002,
} as const;

/** An error with its ClickHouse name; `status` overrides the one that follows from the code. */
export class EngineFault extends Error {
  override readonly name = "EngineFault";
  readonly type: keyof typeof CODES;
  readonly status: number | undefined;
  constructor(type: keyof typeof CODES, message: string, status?: number) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** HTTP statuses by code as ClickHouse gives them (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp). */
const STATUSES = new Map<number, number>([
  ...statuses(400, [6, 25, 26, 27, 38, 41, 53, 62, 72, 117, 167, 168, 321, 376, 441]),
  ...statuses(403, [192, 193, 511, 516]),
  ...statuses(404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 336]),
  ...statuses(408, [159]),
  ...statuses(413, [131, 177]),
  ...statuses(501, [48]),
  ...statuses(503, [209, 439]),
]);

function statuses(status: number, codes: number[]): Array<[number, number]> {
  return codes.map((code) => [code, status]);
}

export interface FaultAnswer {
  status: number;
  code: number;
  text: string;
}

/** Any error as status, code and the text `Code: 60. DB::Exception: ... (UNKNOWN_TABLE)`. */
export function printFault(error: unknown, version: string): FaultAnswer {
  if (error instanceof EngineFault) {
    const code = CODES[error.type];
    const text = `Code: ${code}. DB::Exception: ${error.message} (${error.type})`;
    return {
      status: error.status ?? STATUSES.get(code) ?? 500,
      code,
      text: `${text} (version ${version})\n`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const found = /Code: (\d+)\. DB::Exception/.exec(message)?.[1];
  if (found === undefined)
    return printFault(new EngineFault("UNKNOWN_EXCEPTION", message), version);
  const code = Number(found);
  const text = `${message.trimEnd()} (version ${version})\n`;
  return { status: STATUSES.get(code) ?? 500, code, text };
}
