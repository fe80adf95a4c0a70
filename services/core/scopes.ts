// The words for what a caller may do, as the configuration, tokens and log-in all spell them.

/** What a caller may do. `read` is needed for everything else; `admin` holds the others. */
export const SCOPES = ["read", "reprocess", "admin"] as const;
export type AccessScope = (typeof SCOPES)[number];

/** True for the name of a scope. */
export function isScope(text: string): text is AccessScope {
  return SCOPES.some((scope) => scope === text);
}
