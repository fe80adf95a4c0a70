// The verdict over all signatures of a mail, and the sentence that explains it.

import { describe, expect, it } from "vitest";
import { organizationalDomain } from "../../../../services/authenticate/organizational-domain.ts";
import {
  type CheckedSignature,
  describeVerdict,
  judgeSignatures,
  type ReportingNames,
} from "../../../../services/core/dkim/judge.ts";

const NAMES: ReportingNames = {
  contact: "sender.example",
  submitter: "reports.sub.example",
  from: "from.example",
};
const COVERS = { submitter: NAMES.submitter, from: NAMES.from };

function check(
  domain: string,
  result: CheckedSignature["result"] = "pass",
  more = {},
): CheckedSignature {
  return { domain, selector: "s1", result, notes: [], covers: COVERS, ...more };
}

const judge = (checks: CheckedSignature[], names = NAMES) =>
  judgeSignatures(checks, names, organizationalDomain);

describe("alignment", () => {
  const CASES = [
    ["sender.example", "contact"],
    ["mail.sender.example", "contact"],
    ["sub.example", "submitter"],
    ["from.example", "from"],
    ["other.example", ""],
    ["xsender.example", ""],
    ["example", ""],
  ] as const;

  it.each(CASES)("%s by %s", (domain, basis) => {
    expect(judge([check(domain)])).toMatchObject({ verified: basis !== "", basis, domain });
  });

  it("parents and hosts below, within one organisation only", () => {
    const of = (domain: string, contact: string) =>
      judge([check(domain)], { contact, submitter: "", from: "" }).verified;
    expect(of("example.co.uk", "tls.example.co.uk")).toBe(true);
    expect(of("tls.example.co.uk", "mail.example.co.uk")).toBe(true);
    expect(of("a.co.uk", "b.co.uk")).toBe(false);
    expect(of("co.uk", "b.co.uk")).toBe(false);
    expect(of("alice.github.io", "bob.github.io")).toBe(false);
    expect(of("github.io", "bob.github.io")).toBe(false);
    expect(of("bob.github.io", "github.io")).toBe(false);
    expect(of("x.bob.github.io", "bob.github.io")).toBe(true);
    expect(of("localhost", "localhost")).toBe(true);
  });

  it("a name that nobody signed is no basis", () => {
    const bare = { covers: { submitter: "", from: "" } };
    expect(judge([check("sub.example", "pass", bare)])).toMatchObject({ verified: false });
    expect(judge([check("from.example", "pass", bare)])).toMatchObject({ verified: false });
    expect(judge([check("sender.example", "pass", bare)])).toMatchObject({ basis: "contact" });
  });

  it("a name that was signed and is not the one that is shown is no basis", () => {
    const other = { covers: { submitter: "other.example", from: "other.example" } };
    expect(judge([check("from.example", "pass", other)])).toMatchObject({ verified: false });
    expect(judge([check("other.example", "pass", other)])).toMatchObject({ verified: false });
  });

  it("nothing is aligned with nothing", () => {
    const none = { contact: "", submitter: "", from: "" };
    const unread = check("", "pass", { covers: { submitter: "", from: "" } });
    expect(judge([unread], none)).toMatchObject({ verified: false, basis: "" });
  });
});

describe("the signature that counts", () => {
  const pick = (...checks: CheckedSignature[]) => {
    const verdicts = [judge(checks), judge([...checks].reverse())];
    expect(verdicts[0]).toEqual(verdicts[1]);
    return verdicts[0];
  };

  it("any one will do", () => {
    const verdict = pick(
      check("other.example"),
      check("sender.example", "fail"),
      check("from.example"),
    );
    expect(verdict).toMatchObject({ verified: true, basis: "from" });
  });

  it("contact before submitter before From", () => {
    expect(pick(check("from.example"), check("sub.example"))).toMatchObject({ basis: "submitter" });
    expect(pick(check("sub.example"), check("sender.example"))).toMatchObject({ basis: "contact" });
  });

  it("then what may still be verified, then what passes for others, then what failed", () => {
    const waiting = check("from.example", "temperror");
    const foreign = check("other.example");
    const failed = check("sender.example", "fail");
    const broken = check("sender.example", "permerror");
    const foreignWaiting = check("other.example", "temperror");
    expect(pick(waiting, foreign, failed, broken)).toMatchObject({
      result: "temperror",
      basis: "from",
    });
    expect(pick(foreign, failed, broken, foreignWaiting)).toMatchObject({
      result: "pass",
      basis: "",
    });
    expect(pick(failed, broken, foreignWaiting)).toMatchObject({ result: "fail" });
    expect(pick(broken, foreignWaiting)).toMatchObject({ result: "permerror" });
    expect(pick(foreignWaiting)).toMatchObject({ result: "temperror", basis: "" });
  });

  it("none without signatures", () => {
    expect(judge([])).toMatchObject({ verified: false, result: "none", domain: "" });
  });
});

describe("notes", () => {
  it("are those of the signature and of its alignment, each once", () => {
    const noted = check("from.example", "pass", {
      notes: ["key-for-email-only", "key-for-email-only"],
    });
    expect(judge([noted]).notes).toEqual(["key-for-email-only", "contact-not-aligned"]);
    const bare = check("from.example", "pass", { covers: { submitter: "", from: NAMES.from } });
    expect(judge([bare]).notes).toEqual(["contact-not-aligned", "submitter-not-signed"]);
    expect(judge([check("sender.example")]).notes).toEqual([]);
  });
});

describe("in words", () => {
  const WANTED =
    "of the organisation of sender.example (contact-info), reports.sub.example " +
    "(TLS-Report-Submitter), from.example (From)";
  const said = (...checks: CheckedSignature[]) => describeVerdict(judge(checks), NAMES);

  it.each([
    [said(), "it has no DKIM signature"],
    [
      said(check("other.example")),
      `the DKIM signature of other.example is valid, but other.example is not ${WANTED}`,
    ],
    [
      said(check("sender.example", "fail", { notes: ["body-changed"] })),
      "the DKIM signature of sender.example is not valid (the body is not the one that was signed)",
    ],
    [
      said(check("other.example", "permerror", { notes: ["key-missing"] })),
      "the DKIM signature of other.example does not count (there is no key at that name), and " +
        `other.example is not ${WANTED}`,
    ],
    [
      said(check("", "permerror", { notes: ["signature-malformed"] })),
      "its DKIM signature does not count (the signature field cannot be read)",
    ],
    [
      said(check("sender.example", "temperror")),
      "DNS did not answer for the key of the DKIM signature of sender.example",
    ],
  ])("%s", (sentence, expected) => {
    expect(sentence).toBe(expected);
  });

  it("says so when nothing is named", () => {
    const none = { contact: "", submitter: "", from: "" };
    expect(describeVerdict(judge([check("a.example")], none), none)).toMatch(/not named anywhere/);
  });
});
