// `sealwatch token`: makes, lists and revokes the tokens by which programs and people ask the API. It
// works on the file below the data folder; a running server follows it.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AccessScope } from "../access/caller.ts";
import { createToken, readTokens, revokeToken, tokensPath } from "../access/token-file.ts";
import { isExpired, type TokenRequest } from "../access/tokens.ts";
import type { Config } from "../config/config.ts";
import { loadDirectory } from "../config/domains-file.ts";
import { BOUNDS } from "../core/bounds.ts";
import { OPERATOR_TENANT, TENANT_PATTERN } from "../core/directory/directory.ts";
import { parseDuration } from "../core/duration.ts";
import { printable } from "../core/printable.ts";
import { isScope, SCOPES } from "../core/scopes.ts";
import type { TokenRecord } from "../core/token-list.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { printTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** What the flags of `token create` say, as they were given. */
export interface GivenToken {
  name: string;
  tenants: readonly string[];
  allTenants: boolean;
  scope?: string;
  expires?: string;
  json: boolean;
}

/** Reads the flags as the command line keeps them. */
export function givenToken(flags: Readonly<Record<string, unknown>>): GivenToken {
  const { name, tenant, scope, expires } = flags;
  return {
    name: String(name),
    tenants: tenant === undefined ? [] : [tenant].flat().map(String),
    allTenants: flags["allTenants"] === true,
    json: flags["json"] === true,
    ...(scope !== undefined && { scope: String(scope) }),
    ...(expires !== undefined && { expires: String(expires) }),
  };
}

/**
 * What a token is to be, from the flags.
 * @throws CommandError for what is wrong with them
 */
export function tokenRequest(given: GivenToken, nowMs: number): TokenRequest {
  const { name, allTenants } = given;
  if (!/^\P{C}+$/u.test(name) || name.trim() === "" || name.length > BOUNDS.tokenNameCharsMax) {
    throw usage(`--name wants printable text of at most ${BOUNDS.tokenNameCharsMax} characters`);
  }
  const tenants = [...new Set(given.tenants)];
  if (allTenants === tenants.length > 0) {
    throw usage("say --tenant once for each tenant that the token is for, or --all-tenants");
  }
  const wrong = tenants.find((tenant) => !TENANT_PATTERN.test(tenant));
  if (wrong !== undefined) {
    throw usage(`${printable(wrong)} is no name of a tenant: a-z, 0-9 and . _ - behind the first`);
  }
  if (tenants.length > BOUNDS.tokenTenantsMax) {
    throw usage(`a token has ${BOUNDS.tokenTenantsMax} tenants at most; say --all-tenants`);
  }
  return {
    name: name.trim(),
    tenants: allTenants ? "all" : tenants,
    scopes: readScopes(given.scope),
    expiresMs: given.expires === undefined ? null : nowMs + readLifetime(given.expires, nowMs),
  };
}

/** `read` is among them always: nothing can be done to what cannot be seen. */
function readScopes(text = "read"): readonly AccessScope[] {
  const given = text.split(",").map((one) => one.trim());
  if (!given.every(isScope)) throw usage(`--scope wants some of ${SCOPES.join(",")}`);
  return SCOPES.filter((scope) => scope === "read" || given.includes(scope));
}

const LAST_MS = Date.parse("9999-12-31T23:59:59Z");

function readLifetime(text: string, nowMs: number): number {
  const ms = parseDuration(text);
  if (ms === null || ms === 0 || nowMs + ms > LAST_MS) {
    throw usage("--expires wants a duration such as 90d, 12h or 52w");
  }
  return ms;
}

/**
 * Makes a token and prints it, alone on standard output, so that a script can take it.
 * @throws CommandError, PrivateFileError
 */
export async function runTokenCreate(
  config: Config,
  given: GivenToken,
  terminal: Terminal,
  nowMs: number,
): Promise<ExitCode> {
  const request = tokenRequest(given, nowMs);
  const used = isUsed(config.dataDir);
  const { text, record } = await createToken(config.dataDir, request, nowMs);
  if (given.json) {
    terminal.out(`${JSON.stringify({ ...shown(record, nowMs), token: text })}\n`);
  } else {
    terminal.err(`Token ${record.id} for ${printable(record.name)}: ${grantWords(record)}.
It is shown this once and cannot be had again:
`);
    terminal.out(`${text}\n`);
  }
  terminal.err(`Kept in ${printable(tokensPath(config.dataDir))}.\n`);
  if (!used) {
    terminal.err(`No server has used this folder yet. If one runs, give its data_dir: by --data-dir \
or SEALWATCH_DATA_DIR.\n`);
  }
  const unknown = unknownTenants(config, request.tenants);
  if (unknown.length > 0) {
    terminal.err(`Nothing is configured for ${unknown.join(", ")} yet: a domain gives a tenant \
its reports; see docs/access.md.\n`);
  }
  return EXIT.ok;
}

/** Lists the tokens, without secrets; expired ones are said to be so. @throws PrivateFileError */
export async function runTokenList(
  config: Config,
  options: { json: boolean },
  terminal: Terminal,
  nowMs: number,
): Promise<ExitCode> {
  const rows = (await readTokens(config.dataDir)).map((record) => shown(record, nowMs));
  if (options.json) terminal.out(`${JSON.stringify(rows)}\n`);
  else if (rows.length === 0) terminal.err("no tokens; sealwatch token create makes one\n");
  else {
    const names = ["id", "name", "state", "tenants", "scopes", "created_at", "expires_at"];
    const columns = names.map((name) => ({ name }));
    terminal.out(printTable(columns, rows, { width: terminal.columns, color: terminal.color }));
  }
  return EXIT.ok;
}

/** Revokes a token by id or name. @throws CommandError, PrivateFileError */
export async function runTokenRevoke(
  config: Config,
  idOrName: string,
  terminal: Terminal,
): Promise<ExitCode> {
  const revoked = await revokeToken(config.dataDir, idOrName);
  if (revoked === null) {
    throw new CommandError(
      `no token has the id or the name ${printable(idOrName)}; sealwatch token list shows all`,
      { exitCode: EXIT.failed },
    );
  }
  terminal.err(`Token ${revoked.id} for ${printable(revoked.name)} is revoked.\n`);
  return EXIT.ok;
}

function shown(record: TokenRecord, nowMs: number) {
  const { sha256: _, ...rest } = record;
  return { ...rest, state: isExpired(record, nowMs) ? "expired" : "good" };
}

function grantWords({ tenants, scopes, expires_at }: TokenRecord): string {
  const whose = tenants === "all" ? "all tenants" : `tenant ${tenants.join(", ")}`;
  const until = expires_at === null ? "does not expire" : `expires ${expires_at}`;
  return `${scopes.join(", ")} for ${whose}; ${until}`;
}

/** Tenants that no domain is configured for; a mistake in the file of domains is told elsewhere. */
function unknownTenants(config: Config, tenants: readonly string[] | "all"): string[] {
  if (tenants === "all") return [];
  const loaded = loadDirectory(config);
  if (!loaded.ok) return [];
  const owners = [...loaded.directory.domains.values()];
  const known = new Set([OPERATOR_TENANT, ...owners.map(({ tenant }) => tenant)]);
  return tenants.filter((tenant) => !known.has(tenant));
}

/** True for a folder with a spool or a store in it: a server has run on it. */
function isUsed(dataDir: string): boolean {
  return ["spool", "store"].some((name) => existsSync(join(dataDir, name)));
}

function usage(message: string): CommandError {
  return new CommandError(message, { exitCode: EXIT.usage });
}
