// What one tenant asks while another is there: every panel in every way that could answer differently, every
// page, and records of both.

import { PANELS } from "../../services/query/index.ts";
import { PARAMETERS, type ParameterName } from "../../services/query/parameter-table.ts";
import { pageAddresses } from "./page-addresses.ts";
import { uuid } from "./seed.ts";
import { ALPHA, BETA, NOBODY, receiptOf, reportOf } from "./two-tenants.ts";

/** The days that have reports: of alpha the first, of beta the last. */
export const RANGE = "from=2026-03-02&to=2026-03-21";

/** Every way to ask a panel that could answer differently. */
function questionsOf(panel: (typeof PANELS)[number]): string[] {
  const words = (name: ParameterName) => {
    const { schema } = PARAMETERS[name];
    const all = "enum" in schema && Array.isArray(schema.enum) ? schema.enum.map(String) : [];
    // What holds where nothing is said is asked anyway.
    return all.filter((word) => !("default" in schema) || word !== schema.default);
  };
  const choices = panel.parameters.flatMap((name) =>
    words(name).map((word) => `&${name}=${encodeURIComponent(word)}`),
  );
  const has = (name: ParameterName) => panel.parameters.includes(name);
  const values = [
    "&tenant=alpha",
    "&tenant=alpha&tenant=beta",
    "&tenant=beta",
    ...(has("limit") ? ["&limit=1"] : []),
    ...(has("domain") ? ["&domain=shared.example", "&domain=beta.example"] : []),
    ...(has("organization") ? ["&organization=Reporter", "&organization=beta+reporter"] : []),
    ...(has("mx") ? ["&mx=mx.beta.example"] : []),
  ];
  return ["", ...choices, ...values].map((more) => `/api/v1/${panel.id}?${RANGE}${more}`);
}

export const OURS = { domain: "alpha.example", report: reportOf(ALPHA), receipt: receiptOf(ALPHA) };
/** As alpha asks them. */
export const QUESTIONS = [
  ...pageAddresses(OURS).map(([, address]) => `${address}?${RANGE}`),
  `/panels/failures-by-mx?${RANGE}`,
  ...PANELS.flatMap(questionsOf),
  ...PANELS.map(({ id }) => `/api/v1/${id}`),
  "/api/v1",
  "/api/v1/openapi.json",
  "/",
  "/setup?domain=beta.example",
  `/?${RANGE}&domain=beta.example`,
  ...[reportOf(ALPHA), reportOf(BETA), NOBODY.report].flatMap((id) => [
    `/api/v1/reports/${id}`,
    `/api/v1/reports/${id}?limit=1`,
    `/api/v1/reports/${id}/raw`,
    `/api/v1/reports/${id}/raw?content_hash=${uuid(BETA.first + 5)}`,
  ]),
  ...[receiptOf(ALPHA), receiptOf(BETA), NOBODY.receipt].flatMap((id) => [
    `/api/v1/quarantine/${id}`,
    `/api/v1/quarantine/${id}/raw`,
  ]),
];
