// The list of reports, filtered by what they tell of failures and policies, on the seeded set.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { seedPostmaster } from "../support/postmaster.ts";
import { answerOf, type Given, rowsOf } from "../support/postmaster-questions.ts";
import { seedReport } from "./seed.ts";

let at: TestStore;
beforeAll(async () => {
  at = await startTestStore();
  await seedPostmaster(at.store);
});
afterAll(() => at.stop());

describe("reports by what they tell", () => {
  const ids = async (given: Given) =>
    (await rowsOf(at.store, "reports", given))
      .map(({ tenant, id }) => `${tenant} ${id}`)
      .toSorted();
  const said = async (table: string, where: string, values: Record<string, string>) => {
    const rows = await at.store.select<{ id: string }>(
      `SELECT DISTINCT concat(tenant, ' ', toString(report_key)) AS id FROM ${table} FINAL WHERE ${where}`,
      values,
    );
    return rows.map(({ id }) => id).toSorted();
  };

  test("each MX host and result type has the reports whose failure details say so", async () => {
    const failures = (await rowsOf(at.store, "failures-by-mx")).filter(({ mx }) => mx !== "");
    expect(failures.length).toBeGreaterThan(5);
    for (const row of failures) {
      const values = { mx: String(row["mx"]), type: String(row["result_type"]) };
      const where = "mx = {mx:String} AND result_type = {type:String}";
      expect(
        await ids({ mx: values.mx, result_type: values.type }),
        JSON.stringify(values),
      ).toEqual(await said("failure_details", where, values));
    }
  });

  test("a policy type has the reports with such a policy, and its failures those with such failures", async () => {
    for (const type of ["tlsa", "sts", "no-policy-found"]) {
      const values = { type, mx: "mx1.example.com" };
      const ofType = "policy_type = {type:String}";
      const summaries = await said("policy_summaries", ofType, values);
      expect(await ids({ policy_type: type }), type).toEqual(summaries);
      expect(await ids({ policy_type: type, mx: values.mx }), type).toEqual(
        await said("failure_details", `${ofType} AND mx = {mx:String}`, values),
      );
    }
  });

  test("by all that can be asked for, with a domain and for one tenant", async () => {
    const [row] = (await rowsOf(at.store, "problems")).filter(({ reason }) => reason !== "");
    const values = Object.fromEntries(
      ["tenant", "domain", "result_type", "mx", "reason"].map((name) => [
        name,
        String(row?.[name]),
      ]),
    );
    const same = Object.keys(values).map((name) => `${name} = {${name}:String}`);
    const expected = await said("failure_details", same.join(" AND "), values);
    expect(expected.length).toBeGreaterThan(0);
    expect(await ids(values)).toEqual(expected);
    const [sender] = await rowsOf(at.store, "failures-by-sending-ip", values);
    const address = { ...values, sending_ip: String(sender?.["sending_ip"]) };
    const from = [...same, "sending_ip = toIPv6({sending_ip:String})"];
    expect(await ids(address)).toEqual(await said("failure_details", from.join(" AND "), address));
  });

  test("a second copy is not listed, though it has what the first has", async () => {
    const store = await startTestStore();
    try {
      const details = [{ type: "certificate-expired", mx: "mx1.example.com", failed: 1 }];
      const policies = [{ domain: "example.com", type: "sts", successful: 1, failed: 1, details }];
      const seed = { n: 1, day: "2026-02-03", organization: "Sender", policies };
      await seedReport(store.store, seed);
      await seedReport(store.store, {
        ...seed,
        report: { status: "duplicate", receipt: "second" },
      });
      const all = await answerOf(store.store, "reports");
      expect(all.meta.totals).toEqual({ reports: 1, conflicts: 0, duplicates: 1 });
      const told = await answerOf(store.store, "reports", { mx: "mx1.example.com" });
      expect(told.rows.map(({ status }) => status)).toEqual(["stored"]);
      expect(told.meta.totals).toEqual({ reports: 1, conflicts: 0, duplicates: 0 });
    } finally {
      await store.stop();
    }
  });

  test("one without such a thing is in none of them, and totals are of those listed", async () => {
    const { rows, meta } = await answerOf(at.store, "reports", { mx: "mx.elsewhere.example" });
    expect(rows).toEqual([]);
    expect(meta.totals).toEqual({ reports: 0, conflicts: 0, duplicates: 0 });
  });
});
