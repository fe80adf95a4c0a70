// Log-in at an identity provider (OpenID Connect, authorization code with PKCE). The library does the
// protocol and its checks; this file says when the provider is asked and what is taken from its answer.

import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { BOUNDS } from "../core/bounds.ts";
import { cleanName } from "../core/person.ts";
import type { Emit } from "../observe/events.ts";

/** What a log-in under way must come back with; the browser keeps it in a signed cookie. */
export interface Flow {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Person {
  name: string;
  /** As the provider has them; what they give stands in the configuration. */
  groups: readonly string[];
}

/**
 * away: the provider does not answer. declined: it says that this person may not, or did not want to.
 * wrong: its answer does not belong to this log-in, came a second time, or is not valid.
 */
export type ProviderFault = "away" | "declined" | "wrong";

export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly fault: ProviderFault;

  constructor(fault: ProviderFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

export interface ProviderOptions {
  issuer: string;
  clientId: string;
  /** null: a public client, which proves itself by PKCE alone. */
  clientSecret: string | null;
  /** As it is registered at the provider: client_secret_basic or client_secret_post. */
  clientAuth: "basic" | "post";
  scopes: readonly string[];
  /** Claim with the groups: its name, or a path of names with dots (realm_access.roles). */
  groupsClaim: string;
  redirectUri: string;
  emit: Emit;
  clock?: () => number;
}

export interface Provider {
  /** Whether the provider can be asked, looked up at most every few seconds. Never rejects. */
  available(): Promise<boolean>;
  /** Address at the provider that a person is sent to. @throws ProviderError */
  begin(): Promise<{ url: string; flow: Flow }>;
  /**
   * Checks what the person came back with and fetches who they are.
   * @param search query of the address that they came back to
   * @throws ProviderError
   */
  finish(search: string, flow: Flow): Promise<Person>;
}

/** A provider that is looked up when it is first needed, and again until it answers. */
export function createProvider(options: ProviderOptions): Provider {
  const lookUp = lookedUp(options);
  return {
    available: () =>
      lookUp().then(
        () => true,
        () => false,
      ),
    begin: async () => {
      const flow = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
      };
      const url = buildAuthorizationUrl(await lookUp(), {
        redirect_uri: options.redirectUri,
        scope: options.scopes.join(" "),
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, flow };
    },
    finish: async (search, flow) => {
      const configuration = await lookUp();
      try {
        return await askWho(configuration, options, search, flow);
      } catch (error) {
        throw explain(error);
      }
    },
  };
}

/** Discovery that succeeds once and for all, and that fails at most every few seconds. */
function lookedUp(options: ProviderOptions): () => Promise<Configuration> {
  const clock = options.clock ?? Date.now;
  let asked: Promise<Configuration> | null = null;
  let failedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const failed = failedMs > Number.NEGATIVE_INFINITY;
    if (asked !== null && !(failed && clock() - failedMs >= BOUNDS.oidcRetryMs)) return asked;
    failedMs = Number.NEGATIVE_INFINITY;
    asked = discover(options).catch((error: unknown) => {
      failedMs = clock();
      const reason = wordsOf(error);
      options.emit("provider-unavailable", { issuer: options.issuer, reason });
      throw new ProviderError("away", reason);
    });
    return asked;
  };
}

function discover(options: ProviderOptions): Promise<Configuration> {
  const issuer = new URL(options.issuer);
  // The configuration takes http:// of this machine only.
  const insecure = issuer.protocol === "http:" ? [allowInsecureRequests] : [];
  const metadata = { [clockTolerance]: BOUNDS.oidcClockSecondsMax };
  // Without the checks the library trusts TLS to the provider in place of the token's signature.
  const execute = [enableNonRepudiationChecks, ...insecure];
  const settings = { timeout: BOUNDS.oidcSecondsMax, execute };
  return discovery(issuer, options.clientId, metadata, authOf(options), settings);
}

function authOf({ clientSecret, clientAuth }: ProviderOptions): ClientAuth {
  if (clientSecret === null) return None();
  return clientAuth === "post" ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}

async function askWho(
  configuration: Configuration,
  options: ProviderOptions,
  search: string,
  flow: Flow,
): Promise<Person> {
  const back = new URL(options.redirectUri);
  back.search = search;
  const answer = await authorizationCodeGrant(configuration, back, {
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    pkceCodeVerifier: flow.verifier,
    idTokenExpected: true,
  });
  const token = answer.claims();
  if (token === undefined) throw new ProviderError("wrong", "the answer has no ID token");
  const { userinfo_endpoint } = configuration.serverMetadata();
  // Many providers tell groups there alone, to keep the ID token small (OIDC Core section 5.4).
  const asks = claimOf(token, options.groupsClaim) === undefined && userinfo_endpoint;
  const more = asks ? await fetchUserInfo(configuration, answer.access_token, token.sub) : {};
  const claims = { ...more, ...token };
  return { name: nameOf(claims), groups: readGroups(claimOf(claims, options.groupsClaim)) };
}

function nameOf(claims: Record<string, unknown>): string {
  const names = ["name", "preferred_username", "email", "sub"].map((claim) => claims[claim]);
  return cleanName(String(names.find((name) => typeof name === "string" && name !== "")));
}

/** The claim of that very name (some are URLs), or the one at that path. */
function claimOf(claims: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const part of name.split(".")) {
    found = Object.hasOwn(Object(found), part) ? Object(found)[part] : undefined;
  }
  return found;
}

/** Groups are a list; one alone may come as a text. */
function readGroups(claim: unknown): string[] {
  const given: unknown[] = Array.isArray(claim) ? claim : [claim];
  const texts = given.filter((group) => typeof group === "string");
  return texts.slice(0, BOUNDS.groupsMax);
}

function explain(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const words = wordsOf(error);
  if (error instanceof AuthorizationResponseError) return new ProviderError("declined", words);
  // fetch fails with a TypeError.
  const timeout = error instanceof ClientError && error.code === "OAUTH_TIMEOUT";
  return new ProviderError(timeout || error instanceof TypeError ? "away" : "wrong", words);
}

/** What may stand in a log: causes hold whole answers of the provider, with codes and tokens. */
function wordsOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return cleanName(`${error.error} ${error.error_description ?? ""}`);
  }
  if (!(error instanceof Error)) return "unknown";
  const { message, cause } = error;
  if (!(cause instanceof Error)) return message;
  const code = "code" in cause ? String(cause.code) : "";
  return cleanName(`${message} (${cause.message === "" ? code : cause.message})`);
}
