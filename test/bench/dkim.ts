// DKIM: verifications a second on one thread against RSA and SHA-256 of the same bytes alone, and durable
// acceptance of signed mails with a dead DNS against one that answers.

import { createHash, createVerify, sign } from "node:crypto";
import { checkSignatures } from "../../services/authenticate/signatures.ts";
import { makeKey, signMail } from "../support/dkim-signer.ts";
import { startDnsServer } from "../support/dns-server.ts";
import { startProgram, temporaryFolder } from "../support/program.ts";
import { reportMail } from "../support/reports.ts";
import { sendBytes } from "../support/senders.ts";
import { median, type Verdict } from "./report.ts";

const ROUNDS = 5;
const PER_ROUND = 200;
const KEY = makeKey("rsa", 2048);

/** Bars: within 100 times the floor, and a dead DNS costs a fifth of acceptance at most. */
export async function benchDkim(): Promise<Verdict[]> {
  return [await benchVerification(), await benchAcceptance()];
}

async function benchVerification(): Promise<Verdict> {
  const mail = signMail(reportMail({ number: 1, failures: 10 }), { key: KEY });
  const keys = new Map([["s1._domainkey.sender.example", [KEY.record]]]);
  const signature = sign("sha256", mail, KEY.privateKey);
  const ours: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const floor = await perSecond(async () => {
      createHash("sha256").update(mail).digest();
      if (!createVerify("sha256").update(mail).verify(KEY.publicKey, signature)) throw NOT_PASSED;
    });
    const own = await perSecond(async () => {
      const [check] = await checkSignatures(mail, keys, Date.now());
      if (check?.result !== "pass") throw NOT_PASSED;
    });
    if (round === 0) continue; // warm-up
    floors.push(floor);
    ours.push(own);
  }
  const ratio = median(floors.map((floor, i) => floor / (ours[i] ?? Number.NaN)));
  return {
    name: "dkim: verification of a report mail, RSA with 2048 bits, one thread",
    figures: `${median(ours).toFixed(0)} a second, RSA and SHA-256 alone ${median(floors).toFixed(0)}`,
    ratio,
    bar: "at most 100 times the floor",
    met: ratio <= 100,
  };
}

const NOT_PASSED = new Error("the signature of the benchmark does not verify");

async function perSecond(work: () => Promise<void>): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < PER_ROUND; i++) await work();
  return PER_ROUND / (Number(process.hrtime.bigint() - startedAt) / 1e9);
}

const MAILS = 500;
const LANES = 16;

async function benchAcceptance(): Promise<Verdict> {
  // Each mail has a name of its own to look up, so that no answer is remembered.
  const mails = Array.from({ length: MAILS }, (_, number) => {
    const selector = `s${number}`;
    return signMail(reportMail({ number, failures: 10 }), { key: KEY, selector });
  });
  const dns = await startDnsServer();
  for (let i = 0; i < MAILS; i++) {
    dns.zone[`s${i}._domainkey.sender.example`] = { TXT: [KEY.record] };
  }
  const rates = { answer: [] as number[], silent: [] as number[] };
  try {
    for (let round = 0; round < 3; round++) {
      for (const mode of ["answer", "silent"] as const) {
        dns.mode(mode);
        rates[mode].push(await acceptance(mails, dns.address));
      }
    }
  } finally {
    await dns.stop();
  }
  const ratio = median(rates.silent.map((dead, i) => dead / (rates.answer[i] ?? Number.NaN)));
  const [dead, alive] = [median(rates.silent), median(rates.answer)];
  return {
    name: "dkim: durable acceptance of signed mails while DNS is dead, 16 at a time",
    figures: `${dead.toFixed(0)} a second, with DNS ${alive.toFixed(0)}`,
    ratio,
    bar: "at least 0.8 of that with DNS",
    met: ratio >= 0.8,
  };
}

/** Mails a second that a fresh program with all its roles takes. */
async function acceptance(mails: readonly Buffer[], servers: string): Promise<number> {
  const { folder, remove } = temporaryFolder();
  const env = {
    SEALWATCH_DKIM: "require",
    SEALWATCH_DNS_SERVERS: servers,
    SEALWATCH_LOG_LEVEL: "error",
  };
  const program = await startProgram({ dataDir: folder, env });
  try {
    const left = [...mails];
    const startedAt = performance.now();
    const lane = async (): Promise<void> => {
      for (let mail = left.pop(); mail !== undefined; mail = left.pop()) {
        if (!(await sendBytes(program.smtpPort, mail))) throw new Error("a mail was not taken");
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return mails.length / ((performance.now() - startedAt) / 1_000);
  } finally {
    await program.end("SIGKILL");
    remove();
  }
}
