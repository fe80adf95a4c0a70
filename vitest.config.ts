import { defineConfig } from "vitest/config";

// Four projects: `unit` needs nothing but the source, `integration` runs real servers and the real engine
// from dist/, `exhaustive` dies at every call of them, and `e2e` needs programs of the operating system
// (see .ci/run).
const project = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  // What a test waits for may be slow on a busy machine; a wait that is in vain is still told as one.
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: testTimeout,
    expect: { poll: { timeout: testTimeout / 3 } },
  },
});

export default defineConfig({
  test: {
    pool: "forks",
    // Tests of servers mostly wait.
    maxWorkers: 2,
    projects: [
      project("unit", ["test/unit/**/*.test.ts"], 15_000),
      project("integration", ["test/integration/**/*.test.ts"], 60_000),
      project("exhaustive", ["test/exhaustive/**/*.test.ts"], 180_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 600_000),
    ],
  },
});
