// The ways in by a browser that a configuration opens: sessions, an identity provider, a proxy that asks
// people who they are.

import { join } from "node:path";
import type { Way } from "../access/access.ts";
import { createProvider, type Provider } from "../access/oidc.ts";
import { proxyHeaderWay } from "../access/proxy-header.ts";
import { openSessions, sessionWay } from "../access/sessions.ts";
import type { Tokens } from "../access/token-file.ts";
import type { LoginOptions } from "../api/login.ts";
import type { Config } from "../config/config.ts";
import { TOKENS_PATH } from "../core/token-list.ts";
import type { Emit } from "../observe/events.ts";
import type { Edge } from "../receive/edge.ts";

const HOUR_MS = 3_600_000;

export interface LoginDoors {
  login: Omit<LoginOptions, "emit" | "version" | "cssHref">;
  /** In the order in which they are asked, behind tokens. */
  ways: Way[];
}

/**
 * Opens what log-in needs.
 * @param edge says which addresses are proxies now, and who tries too often
 * @throws PrivateFileError when the key of sessions can be neither read nor made
 */
export async function openLogin(
  config: Config,
  tokens: Tokens,
  edge: Pick<Edge, "isProxy" | "take">,
  emit: Emit,
): Promise<LoginDoors> {
  const { auth, dataDir } = config;
  const folder = join(dataDir, TOKENS_PATH[0]);
  const grants = auth.groups;
  const lifetimeMs = auth.sessionHours * HOUR_MS;
  const sessions = await openSessions({ folder, lifetimeMs, grants, tokens });
  const secureAlways = config.public.url?.startsWith("https:") ?? false;
  const ways = [sessionWay(sessions, { secureAlways })];
  if (auth.userHeader !== null) {
    const { userHeader, groupsHeader } = auth;
    const { isProxy } = edge;
    ways.push(proxyHeaderWay({ userHeader, groupsHeader, grants, isProxy }));
  }
  const provider = providerOf(config, emit);
  const waitSeconds = (peer: string, passedOn: boolean) => edge.take("login", peer, passedOn);
  return { login: { sessions, tokens, provider, grants, secureAlways, waitSeconds }, ways };
}

/** Looked up at once, so that the log shows a mistake at the start; the start does not wait for it. */
function providerOf(
  { oidc, public: { url } }: Config,
  emit: Emit,
): { provider: Provider; host: string } | null {
  const { issuer, clientId } = oidc;
  if (issuer === null || clientId === null || url === null) return null;
  const redirectUri = `${url}/login/oidc/callback`;
  const provider = createProvider({ ...oidc, issuer, clientId, redirectUri, emit });
  void provider.available();
  return { provider, host: new URL(issuer).host };
}
