// Which recipients are taken.

import { expect, test } from "vitest";
import { acceptRecipients } from "../../../services/receive/recipients.ts";

const configured = acceptRecipients(["Reports@example.com", "@all.example", "*@star.example"]);
const good = (address: string) => expect(configured(address), address).toBe(true);
const bad = (address: string) => expect(configured(address), address).toBe(false);

test("takes the configured recipients and no others", () => {
  good("reports@example.com");
  good("REPORTS@EXAMPLE.COM"); // letter case does not count
  good("reports+tag@example.com"); // a tag belongs to its mailbox
  good("anybody@all.example");
  good("anybody@star.example");
  good("postmaster"); // RFC 5321 section 4.5.1
  good("postmaster@example.com");
  bad("other@example.com");
  bad("other+reports@example.com");
  bad("reports@sub.example.com"); // a subdomain is another domain
  bad("reports@example.com.example.net");
  bad("postmaster@example.net"); // not ours
  bad("reports");
  bad("@example.com");
  bad("");
});

test("a tag that is configured is only that tag", () => {
  const accepts = acceptRecipients(["reports+a@example.com"]);
  expect(accepts("reports+a@example.com")).toBe(true);
  expect(accepts("reports+b@example.com")).toBe(false);
  expect(accepts("reports@example.com")).toBe(false);
});

test("an internationalised domain may be written either way", () => {
  const accepts = acceptRecipients(["@bücher.example"]);
  expect(accepts("a@xn--bcher-kva.example")).toBe(true);
  expect(accepts("a@BÜCHER.example")).toBe(true);
});

test("without entries every recipient is taken", () => {
  expect(acceptRecipients([])("anybody@anywhere.example")).toBe(true);
});
