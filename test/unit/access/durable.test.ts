// What a power cut may leave of the files of access: the calls are real, and written down in their order.

import type * as real from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSessions } from "../../../services/access/sessions.ts";
import { createToken } from "../../../services/access/token-file.ts";
import { temporaryFolder } from "../../support/program.ts";

const calls: string[] = [];

vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof real>();
  return {
    ...fs,
    open: async (path: string, ...more: [string, number]) => {
      const handle = await fs.open(path, ...more);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        calls.push(`sync ${plain(path)}`);
      };
      return handle;
    },
    rename: async (from: string, to: string) => {
      await fs.rename(from, to);
      calls.push(`rename ${plain(to)}`);
    },
    link: async (from: string, to: string) => {
      await fs.link(from, to);
      calls.push(`link ${plain(to)}`);
    },
    unlink: async (path: string) => {
      await fs.unlink(path);
      calls.push(`unlink ${plain(path)}`);
    },
  };
});

/** The name without what chance gave it, and one for all marks and all stakes. */
function plain(path: string): string {
  if (basename(dirname(path)) === "ended-sessions") return "mark";
  if (dirname(path).endsWith(".lock")) return "stake";
  return basename(path).replace(/\.[0-9a-f]{12}\.tmp$/, " beside");
}

let folder = "";
let remove = () => {};

beforeEach(() => {
  const made = temporaryFolder();
  folder = join(made.folder, "data");
  remove = made.remove;
});

afterEach(() => remove());

const open = (endedMax: number) =>
  openSessions({
    folder: join(folder, "access"),
    lifetimeMs: 60_000,
    grants: [],
    tokens: { find: async () => null },
    endedMax,
  });

async function logInAndOut(sessions: Awaited<ReturnType<typeof open>>) {
  const begun = await sessions.begin({ way: "token", token: "0123456789ab" });
  calls.length = 0;
  await sessions.end(begun?.cookie ?? "");
}

test("ended sessions are forgotten after the new key is there for good", async () => {
  await logInAndOut(await open(0));
  const mark = calls.lastIndexOf("unlink mark");
  const key = ["sync session.key beside", "rename session.key", "sync access"];
  expect(calls.slice(mark - key.length, mark + 1)).toEqual([...key, "unlink mark"]);
});

test("a log-out is durable when it is answered, with the folder that it makes", async () => {
  await logInAndOut(await open(10));
  expect(calls).toContain("sync access");
  expect(calls.at(-1)).toBe("sync ended-sessions");
});

test("a token is durable when it is told, with the folder that it makes", async () => {
  const request = { name: "desk", tenants: ["a"], scopes: ["read"], expiresMs: null } as const;
  calls.length = 0;
  await createToken(folder, request, Date.now());
  expect(calls).toContain("sync data");
  const written = calls.slice(calls.indexOf("rename tokens.json.lock") + 1);
  expect(written).toEqual(["sync stake", "rename tokens.json", "sync access"]);
});
