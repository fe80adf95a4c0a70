// The records that the page Set-up tells to publish: exact for every odd domain, and read back by our own
// parser as what was meant.

import { describe, expect, test } from "vitest";
import { mailRecord, reportRecord, zoneLine } from "../../../services/api/setup-records.ts";
import { domainOrNone } from "../../../services/core/dns/name.ts";
import { parseRecord } from "../../../services/core/tlsrpt/record.ts";

const MAIL = "tlsrpt@reports.example";
const URL = "https://reports.example/v1/tlsrpt";

function line(domain: string, target: string): string | null {
  const record = reportRecord(domainOrNone(domain), target);
  return record === null ? null : zoneLine(record);
}

describe("the record of a domain", () => {
  test.each([
    [
      "example.com",
      MAIL,
      '_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@reports.example"',
    ],
    [
      "example.com",
      URL,
      '_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=https://reports.example/v1/tlsrpt"',
    ],
    [
      "EXAMPLE.com.",
      MAIL,
      '_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@reports.example"',
    ],
    [
      "b\u00fccher.example",
      MAIL,
      '_smtp._tls.xn--bcher-kva.example. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@reports.example"',
    ],
    [
      "_odd.sub.example.com",
      MAIL,
      '_smtp._tls._odd.sub.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@reports.example"',
    ],
    // RFC 8460 section 3: an exclamation mark is encoded in a URI of the list.
    [
      "example.com",
      "a!b+c@reports.example",
      '_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:a%21b%2Bc@reports.example"',
    ],
    [
      "example.com",
      `${URL}/KEY`,
      '_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=https://reports.example/v1/tlsrpt/KEY"',
    ],
  ])("%s to %s", (domain, target, expected) => {
    expect(line(domain, target)).toBe(expected);
  });

  test.each([
    ["", MAIL], // no name
    ["exa mple.com", MAIL],
    [`${"a".repeat(61)}.${"b".repeat(61)}.${"c".repeat(61)}.${"d".repeat(58)}`, MAIL], // 244 and 11 more
    ["example.com", "http://reports.example/v1/tlsrpt"], // senders post by https alone
    ["example.com", "nobody"],
  ])("none for %j to %s", (domain, target) => {
    expect(line(domain, target)).toBeNull();
  });

  test("a name of 242 characters has just room for both labels", () => {
    const domain = `${"a".repeat(61)}.${"b".repeat(61)}.${"c".repeat(61)}.${"d".repeat(56)}`;
    expect(domain).toHaveLength(242);
    expect(reportRecord(domain, MAIL)?.name).toHaveLength(253);
    expect(reportRecord(`${domain}d`, MAIL)).toBeNull();
  });

  test.each([MAIL, URL, "a!b+c@reports.example", `${URL}/${"k".repeat(128)}`])(
    "is read back: %s",
    (target) => {
      const read = parseRecord([reportRecord("example.com", target)?.value ?? ""]);
      expect(read).toMatchObject({
        ok: true,
        warnings: [],
        record: { rua: [{ target: expect.any(String) }] },
      });
      expect(read.ok && read.record.rua).toHaveLength(1);
    },
  );

  test("what is longer than a string of DNS is split, and joined it is the same", () => {
    const target = `${URL}/${"k".repeat(300)}`;
    const record = reportRecord("example.com", target);
    const strings = [...zoneLine(record ?? expect.fail()).matchAll(/"([^"]*)"/g)].map(
      ([, one = ""]) => one,
    );
    expect(strings.map(({ length }) => length)).toEqual([255, strings.join("").length - 255]);
    expect(strings.join("")).toBe(record?.value);
  });
});

test("the MX record of an address, and none for what is no address", () => {
  const record = mailRecord("tlsrpt@Reports.example", "host.example");
  expect(record && zoneLine(record)).toBe("reports.example. 3600 IN MX 10 host.example.");
  expect(mailRecord("nobody", "host.example")).toBeNull();
});
