// The OpenAPI 3.1 document, assembled from the same tables that the routes follow: panels, their
// parameters and columns, problems, and the few routes that are not panels.

import type { AccessScope } from "../access/caller.ts";
import { PANELS } from "../query/index.ts";
import type { Panel } from "../query/panel.ts";
import { schemaExample } from "./openapi-examples.ts";
import { PANEL_PROBLEMS, panelResponses, parameterObjects } from "./openapi-panels.ts";
import {
  PROBLEM_EXAMPLES,
  PROBLEM_SCHEMA,
  problemResponses,
  REFUSAL_SCHEMA,
  refusalResponses,
} from "./openapi-problems.ts";
import { FIXED_ROUTES, type FixedRoute, STORE_PROBLEMS } from "./openapi-routes.ts";
import type { ProblemCode } from "./problem.ts";

/** Problems that every operation has which needs a caller. */
const CALLER_PROBLEMS: readonly ProblemCode[] = [
  "unauthorized",
  "forbidden",
  "foreign-host",
  "rate-limited",
  "internal",
  "access-unavailable",
];

function panelOperation(panel: Panel): unknown {
  return {
    operationId: panel.id,
    summary: panel.title,
    description: `${panel.description} ${neededWords("read")}`,
    tags: ["panels"],
    security: securityOf("read"),
    parameters: parameterObjects(panel),
    responses: {
      ...panelResponses(panel),
      ...problemResponses([...PANEL_PROBLEMS, ...CALLER_PROBLEMS, ...STORE_PROBLEMS]),
    },
  };
}

/** What names a record in a path, in words and with an example. */
const PATH_PARAMETERS: Readonly<Record<string, { description: string; example: string }>> = {
  id: {
    description: "Identity of the report, as `reports` has it in `id`.",
    example: "6f1c0e52-8d0b-4c57-9a43-2f7be0a51d66",
  },
  receipt: {
    description: "Receipt of the message, as `quarantine` has it in `receipt`.",
    example: "01KK8Y5T0R3W7XQ2N4B6D8F0GH",
  },
  key: {
    description: "Key of a domain's report address (docs/domains.md).",
    example: "k3y-of-example-com",
  },
};

function pathParameters(path: string): unknown[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...PATH_PARAMETERS[name],
    schema: { type: "string" },
  }));
}

function fixedOperation(route: FixedRoute): unknown {
  const { schema, scope, panel, summary } = route;
  const example = route.example ?? schemaExample(schema);
  const content = { [route.media]: { schema, example } };
  const alike = Object.entries(route.alike ?? {}).map(([status, description]) => [
    status,
    { description, content },
  ]);
  const caller = scope === null ? [] : CALLER_PROBLEMS;
  return {
    operationId: route.id,
    summary,
    description: [route.description, neededWords(scope)].join(" ").trim(),
    tags: [route.tag],
    security: securityOf(scope),
    parameters: [
      ...pathParameters(route.path),
      ...(route.parameters ?? []),
      ...(panel ? parameterObjects(panel) : []),
    ],
    ...(route.requestBody === undefined ? {} : { requestBody: route.requestBody }),
    responses: {
      [route.status]: { description: summary, content },
      ...Object.fromEntries(alike),
      ...refusalResponses(route.refusals ?? {}),
      ...problemResponses([...caller, ...route.problems]),
    },
  };
}

/** What an operation asks of its caller; no security at all is open to everybody. */
function securityOf(scope: AccessScope | null): unknown[] {
  if (scope === null) return [];
  return [...Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [scope] })), {}];
}

function neededWords(scope: AccessScope | null): string {
  return scope === null ? "" : `Needs the scope ${scope}.`;
}

function fixedPaths(): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of FIXED_ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method]: fixedOperation(route) };
  }
  return paths;
}

const SECURITY_SCHEMES = {
  token: {
    type: "http",
    scheme: "bearer",
    description: "A token of `sealwatch token create`.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "sealwatch_session",
    description: "What the log-in page sets; over TLS its name begins with __Host-.",
  },
} as const;

const TAGS = [
  { name: "panels", description: "Questions and their numbers." },
  { name: "records", description: "Single reports and quarantined messages." },
  { name: "index", description: "What there is to ask." },
  { name: "reports", description: "Where senders post reports." },
  { name: "state", description: "For supervisors and collectors of metrics." },
] as const satisfies readonly { name: FixedRoute["tag"] | "panels"; description: string }[];

/** The document that /api/v1/openapi.json answers with. */
export function openapi(version: string): object {
  const panels = PANELS.map((panel) => [`/api/v1/${panel.id}`, { get: panelOperation(panel) }]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Sealwatch",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "SMTP TLS reports (RFC 8460) as panels. Times are UTC, and so are days where no time zone is " +
        "asked for; `to` is exclusive. Callers see what is of their tenants; a program on the machine " +
        "of the server may need no token.",
    },
    servers: [{ url: "/", description: "The server that the document comes from." }],
    tags: TAGS,
    paths: { ...Object.fromEntries(panels), ...fixedPaths() },
    components: {
      schemas: { Problem: PROBLEM_SCHEMA, Refusal: REFUSAL_SCHEMA },
      examples: PROBLEM_EXAMPLES,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
