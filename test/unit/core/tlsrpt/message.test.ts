// File names, Subjects and header fields: what is read of them, and where they disagree.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deviations } from "../../../../services/core/deviation.ts";
import {
  checkMessage,
  hintsOf,
  type MessageParts,
  parseFileName,
  parseSubject,
} from "../../../../services/core/tlsrpt/message.ts";
import type { Policy, Report } from "../../../../services/core/tlsrpt/report.ts";

const START = 1_767_225_600; // 2026-01-01T00:00:00Z
const END = START + 86_399;
const NAME = `example.net!example.com!${START}!${END}`;

describe("parseFileName", () => {
  const read = (name: string, expected: object | null) =>
    it(JSON.stringify(name), () => {
      if (expected === null) expect(parseFileName(name)).toBeNull();
      else expect(parseFileName(name)).toMatchObject(expected);
    });
  const whole = {
    sender: "example.net",
    domain: "example.com",
    startMs: START * 1_000,
    endMs: END * 1_000,
    uniqueId: "",
    extension: "json",
    conforming: true,
  };

  read(`${NAME}.json`, whole);
  read(`${NAME}.json.gz`, { ...whole, extension: "json.gz" });
  read(`${NAME}!001.json.gz`, { uniqueId: "001", conforming: true });
  read(`${NAME}!a1B2.JSON`, { uniqueId: "a1B2", conforming: true }); // ABNF text has no case
  read(`Example.NET!Example.COM.!${START}!${END}.json`, {
    domain: "example.com",
    conforming: true,
  });
  read(`${NAME}.gz`, { extension: "gz", conforming: false }); // section 6.5 against 5.1
  read(`${NAME}.zip`, { extension: "zip", conforming: false });
  read(`${NAME}!a-b_c.d.json`, { uniqueId: "a-b_c.d", conforming: false }); // ALPHA / DIGIT only
  read(`${NAME}!.json`, { uniqueId: "", conforming: false }); // 1*
  read(`Example Mail!example.com!${START}!${END}.json`, { sender: "", conforming: false });
  read(`../../etc/${NAME}.json`, { sender: "example.net" }); // never a path
  read(`C:\\in\\${NAME}.json`, { sender: "example.net" });
  read("report.json", null);
  read(`${NAME}`, null); // no extension
  read(`${NAME}.xml`, null);
  read(`example.net!example.com!${START}.json`, null); // one time only
  read(`example.net!example.com!x!${END}.json`, null);
  read(`${NAME}!a!b.json`, null);
  read("", null);
  read(`${"a".repeat(3_000)}${NAME}.json`, null); // longer than the bound
});

describe("parseSubject", () => {
  const ID = "<2026.01.01T00.00.00Z+example.com@example.net>";
  const FORM = `Report Domain: example.com Submitter: example.net Report-ID: ${ID}`;
  const read = (subject: string, expected: object | null) =>
    it(JSON.stringify(subject.slice(0, 90)), () => {
      if (expected === null) expect(parseSubject(subject)).toBeNull();
      else expect(parseSubject(subject)).toMatchObject(expected);
    });
  const whole = {
    domain: "example.com",
    submitter: "example.net",
    reportId: ID.slice(1, -1),
    conforming: true,
  };

  read(FORM, whole);
  read(FORM.replaceAll(" ", "\r\n\t"), whole); // FWS everywhere
  read(`${FORM} (a comment)`, whole); // [CFWS]
  read(FORM.toLowerCase(), { domain: "example.com", conforming: false });
  read(`Fwd: ${FORM}`, { ...whole, conforming: false });
  read("Report Domain: example.com Submitter: example.net Report-ID: 1234+example.com", {
    reportId: "1234+example.com",
    conforming: false,
  });
  read("Report Domain: example.com Submitter: example.net Report-ID: <1234>", {
    reportId: "1234", // no id-right
    conforming: false,
  });
  read("Report Domain: example.com Submitter: example.net Report-ID: <12 34@example.net>", {
    reportId: "1234@example.net", // folded in the middle
    conforming: false,
  });
  read("Report Domain: example.com Submitter: example.net", { reportId: "", conforming: false });
  read("Report Domain:example.com Submitter:example.net Report-ID:<1@b>", {
    domain: "example.com",
  });
  read("Report Domain: Example.COM. Submitter: Example Mail Report-ID: <1@b>", null);
  read("Report Domain: example.com Submitter: - Report-ID: <1@b>", {
    domain: "example.com",
    submitter: "",
    conforming: false,
  });
  read("Hello", null);
  read("", null);
  read(`Report Domain: ${"a".repeat(3_000)} Submitter: example.net`, null); // the bound
});

describe("hintsOf", () => {
  const none = { subject: "", reportDomainHeader: "", submitterHeader: "", fileName: "" };
  const subject = "Report Domain: b.example Submitter: sb.example Report-ID: <1@x>";
  const fileName = `sc.example!c.example!${START}!${END}.json`;

  it("prefers header, then Subject, then file name", () => {
    const headers = { reportDomainHeader: "A.example", submitterHeader: " sa.example " };
    const period = { startMs: START * 1_000, endMs: END * 1_000 };
    expect(hintsOf({ ...headers, subject, fileName })).toEqual({
      domain: "a.example",
      submitter: "sa.example",
      ...period,
    });
    expect(hintsOf({ ...none, subject, fileName })).toMatchObject({
      domain: "b.example",
      submitter: "sb.example",
    });
    expect(hintsOf({ ...none, fileName })).toEqual({
      domain: "c.example",
      submitter: "sc.example",
      ...period,
    });
  });
  it("passes over a header that is no domain", () => {
    expect(hintsOf({ ...none, subject, reportDomainHeader: "<x>" }).domain).toBe("b.example");
  });
  it("knows when it knows nothing", () => {
    expect(hintsOf(none)).toEqual({ domain: "", submitter: "", startMs: null, endMs: null });
  });
});

describe("checkMessage", () => {
  const policy = (type: string, domain: string): Policy => ({
    type,
    domain,
    lines: [],
    mxPatterns: [],
    mode: "",
    successful: 1,
    failed: 0,
    details: [],
  });
  const report: Report = {
    organization: "Example Mail",
    contactInfo: "tls@example.net",
    reportId: "1",
    startMs: START * 1_000,
    endMs: END * 1_000,
    policies: [policy("sts", "example.com")],
  };
  const mail: MessageParts = {
    mail: true,
    subject: "Report Domain: example.com Submitter: example.net Report-ID: <1@example.net>",
    reportDomainHeader: "example.com",
    submitterHeader: "example.net",
    fileName: `${NAME}.json.gz`,
  };
  const finds = (
    name: string,
    parts: Partial<MessageParts>,
    codes: string[],
    of: Partial<Report> = {},
  ) =>
    it(name, () => {
      const deviations = new Deviations();
      checkMessage({ ...report, ...of }, { ...mail, ...parts }, deviations);
      expect(deviations.finish().map((one) => one.code)).toEqual(codes);
    });
  const file = { mail: false, subject: "", reportDomainHeader: "", submitterHeader: "" };

  finds("nothing in a conforming mail", {}, []);
  finds("nothing in a body without surroundings", { ...file, fileName: "" }, []);
  finds("nothing in an imported file of any name", { ...file, fileName: "saved.json" }, []);
  finds(
    "an imported file of another day",
    {
      ...file,
      fileName: `example.net!example.com!${START + 86_400}!${END + 86_400}.json`,
    },
    ["file-name-disagrees"],
  );
  finds(
    "an end written as the next midnight agrees",
    {
      fileName: `example.net!example.com!${START}!${END + 1}.json`,
    },
    [],
  );
  finds("a file name of another form", { fileName: "report.json.gz" }, ["file-name-malformed"]);
  finds("a file name of another sender", { fileName: NAME.replace("net", "org").concat(".json") }, [
    "file-name-disagrees",
  ]);
  finds("a Subject of another form", { subject: "TLS report" }, ["subject-malformed"]);
  finds("a Subject of another domain", { subject: mail.subject.replace(".com", ".org") }, [
    "subject-disagrees",
  ]);
  finds("missing headers", { reportDomainHeader: "", submitterHeader: " " }, [
    "report-domain-header-missing",
    "submitter-header-missing",
  ]);
  finds(
    "headers that disagree",
    { reportDomainHeader: "a.example", submitterHeader: "b.example" },
    ["report-domain-disagrees", "submitter-disagrees"],
  );
  finds("nothing where tlsa policies are named by the MX", {}, [], {
    policies: [policy("tlsa", "mx1.example.org"), policy("tlsa", "mx2.example.org")],
  });
  finds("nothing where the report has no domain and no contact", {}, [], {
    contactInfo: "",
    policies: [policy("no-policy-found", "")],
  });
});

it("never throws, whatever the text", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.constantFrom("!", "1", ".json", "a", "Report Domain:", " ", "Submitter:", "<", ">", "@"),
      )
      .map((words) => words.join("")),
  );
  fc.assert(
    fc.property(text, text, (one, other) => {
      parseFileName(one);
      parseSubject(one);
      hintsOf({ subject: one, reportDomainHeader: other, submitterHeader: one, fileName: other });
    }),
    { numRuns: 500 },
  );
});
