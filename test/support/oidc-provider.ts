// A real OpenID provider on loopback for tests of log-in. Nobody types: whoever comes to its log-in is
// the person that the test has set, who agrees to everything.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";

export interface TestPerson {
  sub: string;
  name?: string;
  groups?: readonly string[];
}

export interface TestProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who logs in next; null declines. */
  person: TestPerson | null;
  close(): Promise<void>;
}

export interface TestProviderOptions {
  redirectUri: string;
  port: number;
  /** Where groups are told: in the ID token too, or at the UserInfo endpoint alone. */
  groupsIn: "token" | "userinfo";
  clientAuth?: "client_secret_basic" | "none";
}

const SECOND = 1_000;

/** Starts the provider; it forgets everything when it is closed. */
export async function startProvider(options: TestProviderOptions): Promise<TestProvider> {
  const issuer = `http://127.0.0.1:${options.port}`;
  const clientId = "sealwatch-test";
  const clientSecret = `s3cret+${randomBytes(24).toString("base64url")}/=`;
  const people = new Map<string, TestPerson>();
  const provider = new Provider(issuer, settings(options, { clientId, clientSecret, people }));
  const test: TestProvider = {
    issuer,
    clientId,
    clientSecret,
    person: null,
    close: async () => {},
  };
  const oidc = provider.callback();
  const server = createServer((request, response) => {
    if (!request.url?.startsWith("/interaction/")) return oidc(request, response);
    if (test.person !== null) people.set(test.person.sub, test.person);
    return void interact(provider, test.person, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  test.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return test;
}

async function interact(
  provider: Provider,
  person: TestPerson | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (person === null) {
    const result = { error: "access_denied", error_description: "not today" };
    return provider.interactionFinished(request, response, result);
  }
  if (prompt.name === "login") {
    const result = { login: { accountId: person.sub, remember: false } };
    return provider.interactionFinished(request, response, result);
  }
  const accountId = session?.accountId ?? "";
  const grant = new provider.Grant({ accountId, clientId: String(params["client_id"]) });
  grant.addOIDCScope(String(params["scope"]));
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

function settings(
  options: TestProviderOptions,
  known: { clientId: string; clientSecret: string; people: Map<string, TestPerson> },
): Record<string, unknown> {
  const { clientAuth = "client_secret_basic" } = options;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    clients: [
      {
        client_id: known.clientId,
        ...(clientAuth !== "none" && { client_secret: known.clientSecret }),
        redirect_uris: [options.redirectUri],
        token_endpoint_auth_method: clientAuth,
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    claims: { openid: ["sub"], profile: ["name", "groups"] },
    // True is the standard's way: claims of a scope are told at the UserInfo endpoint.
    conformIdTokenClaims: options.groupsIn === "userinfo",
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    clockTolerance: 5,
    httpOptions: () => ({ signal: AbortSignal.timeout(5 * SECOND) }),
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ ...known.people.get(sub), sub }),
    }),
  };
}
