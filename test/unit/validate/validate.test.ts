// The schema of RFC 8460 section 4.4, and the bounds of validation.

import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlainName } from "../../../services/core/dns/name.ts";
import { compileSchema, conforms, violations } from "../../../services/validate/validate.ts";

/** Members to set in each part of the report; `undefined` takes a member away. */
interface Change {
  top?: object;
  dates?: object;
  result?: object;
  policy?: object;
  detail?: object;
}

const DETAIL = {
  "result-type": "certificate-expired",
  "sending-mta-ip": "192.0.2.1",
  "receiving-mx-hostname": "mx.example.com",
  "failed-session-count": 3,
};

function report({ top, dates, result, policy, detail }: Change = {}): unknown {
  const value = {
    "organization-name": "Example Mail",
    "date-range": {
      "start-datetime": "2026-01-01T00:00:00Z",
      "end-datetime": "2026-01-01T23:59:59+00:00",
      ...dates,
    },
    "contact-info": "tls@example.net",
    "report-id": "1",
    policies: [
      {
        policy: {
          "policy-type": "sts",
          "policy-string": ["version: STSv1", "mode: enforce"],
          "policy-domain": "example.com",
          "mx-host": ["*.example.com"],
          ...policy,
        },
        summary: { "total-successful-session-count": 1, "total-failure-session-count": 3 },
        "failure-details": [{ ...DETAIL, ...detail }],
        ...result,
      },
    ],
    ...top,
  };
  return JSON.parse(JSON.stringify(value));
}

const good = (what: string, change: Change) =>
  it(`conforms: ${what}`, () => {
    const value = report(change);
    expect(violations(value, 9)).toEqual([]);
    expect(conforms(value)).toBe(true);
  });

const bad = (what: string, pointer: string, change: Change) =>
  it(`does not: ${what}`, () => {
    const value = report(change);
    expect(conforms(value)).toBe(false);
    expect(violations(value, 9).map((one) => one.pointer)).toEqual([pointer]);
  });

describe("a report", () => {
  const P = "/policies/0/policy";
  const D = "/policies/0/failure-details/0";
  good("as it stands", {});
  good("unknown members", { top: { x: 1 }, policy: { x: 1 }, detail: { x: 1 } });
  good("IPv6 in any notation", { detail: { "receiving-ip": "2001:db8:abcd:0012::1" } });
  good("an unknown result type", { detail: { "result-type": "new-kind-of-failure" } });
  good("no policy, nothing to put", {
    policy: { "policy-type": "no-policy-found", "policy-string": undefined, "mx-host": undefined },
    result: { "failure-details": undefined },
  });
  good("a policy that was not fetched has no MX", {
    detail: {
      "result-type": "sts-policy-fetch-error",
      "sending-mta-ip": undefined,
      "receiving-mx-hostname": undefined,
    },
  });
  bad("no organisation", "", { top: { "organization-name": undefined } });
  bad("contact-info null", "/contact-info", { top: { "contact-info": null } });
  bad("contact-info without @", "/contact-info", { top: { "contact-info": "example.net" } });
  bad("a date without offset", "/date-range/start-datetime", {
    dates: { "start-datetime": "2026-01-01T00:00:00" },
  });
  bad("a date with a space", "/date-range/end-datetime", {
    dates: { "end-datetime": "2026-01-01 00:00:00Z" },
  });
  bad("a day that is not", "/date-range/end-datetime", {
    dates: { "end-datetime": "2026-02-30T00:00:00Z" },
  });
  bad("policies as an object", "/policies", { top: { policies: {} } });
  bad("no policy at all", "/policies", { top: { policies: [] } });
  bad("an unknown policy type", `${P}/policy-type`, { policy: { "policy-type": "STS" } });
  bad("mx-host as a string (erratum 6241)", `${P}/mx-host`, {
    policy: { "mx-host": "*.example.com" },
  });
  bad("an sts policy without mx-host", P, { policy: { "mx-host": undefined } });
  bad("a tlsa policy without policy-string", P, {
    policy: { "policy-type": "tlsa", "policy-string": undefined },
  });
  bad("a U-label", `${P}/policy-domain`, { policy: { "policy-domain": "bücher.example" } });
  bad("a count as text", `${D}/failed-session-count`, { detail: { "failed-session-count": "3" } });
  bad("a negative count", `${D}/failed-session-count`, { detail: { "failed-session-count": -1 } });
  bad("half a session", `${D}/failed-session-count`, { detail: { "failed-session-count": 1.5 } });
  bad("an address that is none", `${D}/sending-mta-ip`, {
    detail: { "sending-mta-ip": "192.0.2.256" },
  });
  bad("a zone in an address", `${D}/sending-mta-ip`, {
    detail: { "sending-mta-ip": "fe80::1%eth0" },
  });
  bad("a failure without MX", D, { detail: { "receiving-mx-hostname": undefined } });
  it.each([null, [], "x", 1, true])("does not: %j", (value) => {
    expect(conforms(value)).toBe(false);
    expect(violations(value, 9)).toEqual([{ pointer: "", message: "must be object" }]);
  });
});

describe("the bounds", () => {
  it("names at most as many as asked for, and any that is far behind", () => {
    const details = [...Array.from({ length: 5_000 }, () => DETAIL), { "result-type": 1 }];
    const value = report({ result: { "failure-details": details } });
    expect(violations(value, 1)).toHaveLength(1);
    expect(violations(value, 9)[0]?.pointer).toBe("/policies/0/failure-details/5000");
    expect(violations({}, 2)).toHaveLength(2);
  });
  it("stays small on a report of nothing but violations", () => {
    const details = new Array(250_000).fill({ "result-type": 1 });
    const policies = new Array(10_000).fill({ "failure-details": details });
    const value = { policies };
    expect(conforms(value)).toBe(false);
    expect(violations(value, 20)).toHaveLength(20);
  });
  it("does not spend its time on long text", () => {
    const value = report({
      top: { "contact-info": "a".repeat(5e6) },
      dates: { "start-datetime": "t".repeat(5e6) },
      policy: { "policy-domain": "a-".repeat(2e6) },
    });
    const startedMs = performance.now();
    expect(conforms(value)).toBe(false);
    expect(violations(value, 20)).toHaveLength(4);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

describe("compileSchema", () => {
  const validate = compileSchema({
    type: "object",
    properties: {
      listen: { type: "string", minLength: 1 },
      step: { enum: ["hour", "day"] },
      limit: { anyOf: [{ type: "integer" }, { const: "all" }] },
    },
    additionalProperties: false,
  });
  it("takes what conforms", () =>
    expect(validate({ step: "day", limit: 1 })).toEqual({ ok: true }));
  it("names everything at once, in words", () => {
    expect(validate({ listen: "", step: "week", limit: "x", q: 1 })).toEqual({
      ok: false,
      errors: [
        { pointer: "", message: 'must not have the member "q"' },
        { pointer: "/listen", message: "must NOT have fewer than 1 characters" },
        { pointer: "/step", message: "must be one of hour, day" },
        { pointer: "/limit", message: "must match a schema in anyOf" },
      ],
    });
  });
  it("escapes names in pointers", () => {
    const nested = compileSchema({ type: "object", additionalProperties: { type: "string" } });
    expect(nested({ "a/b~c": 1 })).toMatchObject({ errors: [{ pointer: "/a~1b~0c" }] });
  });
  it("refuses a schema with a mistake", () => {
    expect(() => compileSchema({ tpye: "object" })).toThrow("tpye");
  });
});

describe("the short ways of formats", () => {
  it("a plain name is a host name to the library, too", () => {
    const hostname = addFormats.default.get("hostname");
    if (!(hostname instanceof RegExp)) throw new Error("no pattern");
    const label = fc.string({ unit: fc.constantFrom(..."az09-"), maxLength: 70 });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 4 }), (labels) => {
        const name = labels.join(".");
        if (isPlainName(name)) expect(name).toMatch(hostname);
      }),
      { numRuns: 2_000 },
    );
    expect(isPlainName("mx1.a-b.example")).toBe(true);
    expect(isPlainName("a".repeat(64))).toBe(false);
  });
});
