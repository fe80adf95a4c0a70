// Errors of the embedded engine as its callers and its operators read them.

import { expect, test } from "vitest";
import { EngineFault, printFault } from "../../../../services/store/engine/fault.ts";
import { startFailure } from "../../../../services/store/engine/supervisor.ts";

test("the engine's own errors keep their code and get its status", () => {
  const text = "Code: 60. DB::Exception: Unknown table x. (UNKNOWN_TABLE)";
  expect(printFault(new Error(text), "26.7")).toEqual({
    status: 404,
    code: 60,
    text: `${text} (version 26.7)\n`,
  });
  const parts = new Error("Code: 252. DB::Exception: Too many parts. (TOO_MANY_PARTS)");
  expect(printFault(parts, "26.7")).toMatchObject({ status: 500, code: 252 });
});

test("our errors look like the engine's", () => {
  expect(printFault(new EngineFault("AUTHENTICATION_FAILED", "No."), "26.7")).toEqual({
    status: 403,
    code: 516,
    text: "Code: 516. DB::Exception: No. (AUTHENTICATION_FAILED) (version 26.7)\n",
  });
  expect(printFault("odd", "26.7")).toMatchObject({ status: 500, code: 1002 });
});

test("an engine that does not start names the way out", () => {
  const unsupported = { kind: "failed", reason: "unsupported", detail: "no binding" } as const;
  const folder = { kind: "failed", reason: "folder", detail: "Failed to create" } as const;
  for (const error of [
    startFailure(unsupported, "exit status 1", "/d/store"),
    startFailure(folder, "exit status 1: Cannot lock file /d/store/status", "/d/store"),
    startFailure(folder, "exit status 1: No space left", "/d/store"),
    startFailure(null, "SIGSEGV", "/d/store"),
  ]) {
    expect(error.retryable).toBe(false);
    expect(error.message).toContain("SEALWATCH_CLICKHOUSE_URL");
  }
  expect(startFailure(unsupported, "", "/d").message).toContain("does not run on this system");
  expect(startFailure(folder, "Cannot lock file", "/d/store").message).toContain(
    "/d/store is in use by another process",
  );
});
