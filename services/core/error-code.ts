// What an error of Node says in one word: the code that errors of the system carry.

/** The code of an error, such as "ENOSPC"; "" when it has none. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}
