// Signatures that opendkim makes, in its test mode: a mail in, the field that it would add out.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSignatures } from "../../services/authenticate/signatures.ts";
import { keyNames } from "../../services/core/dkim/signature.ts";
import type { SigningKey } from "../support/mta.ts";
import { makeSigningKey } from "../support/opendkim.ts";
import { temporaryFolder } from "../support/program.ts";
import { reportMail } from "../support/reports.ts";

const { folder, remove } = temporaryFolder();
const NAME = "s1._domainkey.sender.example";
let key: SigningKey;
beforeAll(() => {
  key = makeSigningKey(folder, "sender.example", "s1");
});
afterAll(remove);

function sign(mail: Buffer, canonicalization: string): Buffer {
  const [config, message] = [join(folder, "opendkim.conf"), join(folder, "mail.eml")];
  writeFileSync(message, mail);
  writeFileSync(
    config,
    `Mode s
Domain ${key.domain}
Selector ${key.selector}
KeyFile ${key.file}
Canonicalization ${canonicalization}
OversignHeaders From,TLS-Report-Submitter
SignHeaders *,+tls-report-submitter
InternalHosts 0.0.0.0/0
RequireSafeKeys no
`,
  );
  const args = ["-x", config, "-vv", "-t", message];
  const said = execFileSync("/usr/sbin/opendkim", args, { encoding: "utf8", stdio: "pipe" });
  const value = /hname='DKIM-Signature' hvalue='([^']*)'/.exec(said)?.[1];
  if (value === undefined) throw new Error(`opendkim did not sign: ${said}`);
  const field = `DKIM-Signature: ${value.replaceAll("\n", "\r\n")}\r\n`;
  return Buffer.concat([Buffer.from(field), mail]);
}

test.each(["relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"])(
  "%s: verified as sent, and not after a change",
  async (canonicalization) => {
    const mail = sign(reportMail({ number: 1, failures: 3 }), canonicalization);
    expect(keyNames(mail)).toEqual([NAME]);
    const keys = new Map([[NAME, [key.record]]]);
    const check = async (bytes: Buffer) => (await checkSignatures(bytes, keys, Date.now()))[0];
    expect(await check(mail)).toMatchObject({
      result: "pass",
      domain: "sender.example",
      selector: "s1",
      covers: { submitter: "sender.example", from: "sender.example" },
    });
    const changed = mail.toString("latin1").replace("This is", "This was");
    expect(await check(Buffer.from(changed, "latin1"))).toMatchObject({ result: "fail" });
    const added = Buffer.from("TLS-Report-Submitter: other.example\r\n");
    expect(await check(Buffer.concat([added, mail]))).toMatchObject({ result: "fail" });
  },
);
