// The ways into API and pages that a configuration opens, in the order in which they are asked, and what
// readiness says of them.

import { type Access, createAccess, type Way } from "../access/access.ts";
import { mayBeProxied } from "../access/proxy-header.ts";
import { followTokens, type Tokens } from "../access/token-file.ts";
import { ANYBODY, everybodyWay, machineWay, tokenWay } from "../access/ways.ts";
import type { ApiOptions, Readiness } from "../api/options.ts";
import type { Config } from "../config/config.ts";
import { isLoopback, namesAnotherHost } from "../config/listen.ts";
import type { Emit } from "../observe/events.ts";
import type { Edge } from "../receive/edge.ts";
import { openLogin } from "./login-doors.ts";

const LOGIN_PATH = "/login";

export interface Doors {
  access: Access;
  tokens: Tokens;
  /** Where people log in; null in a process without pages. */
  loginPath: string | null;
  login: ApiOptions["login"];
}

/**
 * Opens the ways in of a configuration; none of them is open to strangers unless it says so.
 * @param edge says which addresses are proxies now, and who tries to log in too often
 */
export async function openDoors(
  config: Config,
  edge: Pick<Edge, "isProxy" | "take">,
  emit: Emit,
): Promise<Doors> {
  const { auth, http, insecureNoAuth } = config;
  const tokens = followTokens(config.dataDir, { emit });
  const ways: Way[] = [tokenWay(tokens)];
  const hasPages = config.roles.includes("api");
  const browser = hasPages ? await openLogin(config, tokens, edge, emit) : null;
  ways.push(...(browser?.ways ?? []));
  const onLoopback = isLoopback(http.listen);
  if (onLoopback && auth.loopbackOpen) {
    const { userHeader } = auth;
    ways.push(machineWay((facts) => mayBeProxied(facts, { isProxy: edge.isProxy, userHeader })));
    // By itself it is not open then; behind a proxy that names people it is not open to any proxy.
    if (userHeader === null && namesAnotherHost(config.public.url)) {
      emit("loopback-open", { url: config.public.url });
    }
  }
  if (insecureNoAuth) {
    ways.push(everybodyWay(ANYBODY));
    emit("insecure-no-auth", {});
  }
  const login = browser?.login ?? null;
  return { access: createAccess(ways), tokens, loginPath: login && LOGIN_PATH, login };
}

/**
 * Readiness with what keeps tokens from being checked. That is shown and does not count: reports are
 * received all the same, and a balancer that took this process away would lose some.
 */
export async function withAccess(
  tokens: Pick<Tokens, "fault">,
  asked: Promise<Readiness>,
): Promise<Readiness> {
  const [{ ready, checks }, fault] = await Promise.all([asked, tokens.fault()]);
  const access = { ok: fault === null, detail: fault ?? "tokens can be checked" };
  return { ready, checks: { ...checks, access } };
}
