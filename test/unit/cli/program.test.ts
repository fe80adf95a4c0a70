// The command line from arguments to exit code: what actions get, what help says, how mistakes end.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { COMMANDS } from "../../../services/cli/commands.ts";
import { CommandError, EXIT } from "../../../services/cli/exit-codes.ts";
import { createProgram } from "../../../services/cli/program.ts";
import {
  flagOf,
  OPTION_KEYS,
  type OptionKey,
  optionOf,
  optionsOf,
} from "../../../services/config/options.ts";
import { columnsOf } from "../../../services/query/panel.ts";
import { failuresByMx } from "../../../services/query/panels/failures-by-mx.ts";
import { overview } from "../../../services/query/panels/overview.ts";
import { PARAMETERS, parametersOf } from "../../../services/query/parameter-table.ts";
import { StoreError } from "../../../services/store/port.ts";
import { recordedTerminal } from "./terminal.ts";

const PANELS = [overview, failuresByMx];

interface Setting {
  env?: Record<string, string>;
  files?: Record<string, string>;
  /** What every action does in the end. */
  act?: () => Promise<number>;
}

async function run(line: string, setting: Setting = {}) {
  const terminal = recordedTerminal();
  const calls: unknown[][] = [];
  const { env = {}, files = {}, act = () => Promise.resolve(EXIT.ok) } = setting;
  const action =
    (name: string) =>
    (...given: unknown[]) => {
      calls.push([name, ...given]);
      return act();
    };
  const program = createProgram({
    actions: {
      serve: action("serve"),
      import: action("import"),
      query: action("query"),
      report: action("report"),
      reprocess: action("reprocess"),
      migrate: action("migrate"),
    },
    panels: PANELS,
    version: "1.2.3",
    terminal,
    env,
    cwd: "/work-dir",
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return text;
    },
    nowMs: () => Date.parse("2026-03-10T12:00:00Z"),
  });
  const exitCode = await program.run(line.split(" ").filter((word) => word !== ""));
  return { exitCode, calls, out: terminal.outText(), err: terminal.errText() };
}

describe("commands", () => {
  test("serve gets the configuration of its flags", async () => {
    const { exitCode, calls } = await run("serve --smtp-listen :25 --roles smtp,https", {
      env: { SEALWATCH_LOG_LEVEL: "warn" },
    });
    expect(exitCode).toBe(EXIT.ok);
    expect(calls).toEqual([
      [
        "serve",
        expect.objectContaining({
          smtp: expect.objectContaining({ listen: { host: "", port: 25 } }),
          roles: ["smtp", "https"],
          log: expect.objectContaining({ level: "warn" }),
        }),
        expect.any(Function),
      ],
    ]);
  });

  test("every option of the table arrives by its flag", async () => {
    const values: Record<string, string> = {
      roles: "writer,api",
      "smtp.listen": "off",
      "http.listen": "[::1]:1",
      "report.listen": "[::1]:2",
      "smtp.recipients": "@example.com",
      "smtp.hostname": "mx.example.org",
      "clickhouse.topology": "single",
      "public.report_address": "tlsrpt@example.com",
      "public.url": "https://example.com",
      "log.level": "warn",
      "log.format": "text",
      "decode.workers": "7",
      "smtp.connections_max": "7",
      domains: "example.com",
      dkim: "flag",
      "dns.servers": "192.0.2.53",
      proxies: "192.0.2.0/24",
      proxy_header: "forwarded",
      "limits.exempt": "192.0.2.0/24",
      "auth.session_hours": "7",
      "auth.loopback_open": "no",
      message_bytes_max: "7MiB",
    };
    // These need more than a flag, a file or another option; config/ tests them.
    const left =
      /^(tls|oidc|auth\.(groups|groups_header|user_header)$|clickhouse\.cluster|domains_file|smtp\.proxy)/;
    const alone = (key: OptionKey) => !left.test(key) && key !== "report.key_required";
    for (const key of OPTION_KEYS.filter((one) => flagOf(one) !== null && alone(one))) {
      const size = key.startsWith("limits.") ? "7" : "777MiB";
      const given = optionOf(key).kind.placeholder === "" ? "" : (values[key] ?? size);
      const { exitCode, out, err } = await run(`config check --json ${flagOf(key)} ${given}`);
      expect(exitCode, `${key}: ${err}${out}`).toBe(EXIT.ok);
      const { settings } = JSON.parse(out);
      const setting = settings.find((one: { option: string }) => one.option === key);
      expect(setting, key).toMatchObject({ source: flagOf(key) });
    }
  });

  test("import takes paths and -", async () => {
    const { calls } = await run("import a.json - --json --data-dir d");
    expect(calls).toEqual([
      [
        "import",
        ["a.json", "-"],
        { json: true },
        expect.objectContaining({ dataDir: "/work-dir/d" }),
      ],
    ]);
    expect((await run("import")).exitCode).toBe(EXIT.usage);
  });

  test("report takes paths and -, and no configuration", async () => {
    const { calls } = await run("report a.json - --json --wide");
    const view = expect.objectContaining({ wide: true });
    expect(calls).toEqual([["report", ["a.json", "-"], { json: true }, view]]);
    expect((await run("report a.json", { act: async () => 1 })).exitCode).toBe(EXIT.failed);
    expect((await run("report")).exitCode).toBe(EXIT.usage);
    expect((await run("report --data-dir d a.json")).exitCode).toBe(EXIT.usage);
  });

  test("migrate", async () => expect((await run("migrate")).calls[0]?.[0]).toBe("migrate"));

  test("the exit code is the action's", async () => {
    expect((await run("serve", { act: async () => 75 })).exitCode).toBe(75);
  });
});

describe("query", () => {
  const asked = async (line: string) => (await run(`query overview ${line}`)).calls[0]?.slice(1, 3);
  const viewOf = async (line: string) => (await run(line)).calls[0]?.[4];

  test("flags are parameters of the API", async () => {
    expect(
      await asked("--domain a.example --domain b.example --result-type x --limit 5 --csv"),
    ).toEqual([
      overview,
      {
        parameters: { domain: ["a.example", "b.example"], result_type: ["x"], limit: ["5"] },
        form: "csv",
        server: null,
      },
    ]);
    expect(await asked("--json --server http://192.0.2.1:8080/")).toEqual([
      overview,
      { parameters: {}, form: "json", server: "http://192.0.2.1:8080" },
    ]);
  });

  test("every parameter of every panel has its flag", async () => {
    const { out } = await run("query --help");
    for (const parameter of Object.keys(PARAMETERS).filter((one) => one !== "format")) {
      expect(out).toContain(`--${parameter.replaceAll("_", "-")} <`);
    }
  });

  test("--last is said to the API as it is, which knows what today is", async () => {
    const { calls } = await run("query overview --last 30d --timezone Europe/Berlin");
    const parameters = { last: ["30d"], timezone: ["Europe/Berlin"] };
    expect(calls[0]?.[2]).toMatchObject({ parameters });
  });

  test("a view is what the flags say of it", async () => {
    expect(await viewOf("query overview")).toMatchObject({
      terminal: { color: false },
      wide: false,
    });
    expect(await viewOf("query overview --wide --color always")).toMatchObject({
      terminal: { color: true },
      wide: true,
    });
    expect((await run("query overview --color red")).exitCode).toBe(EXIT.usage);
  });

  test("without a panel it lists them, and asks nobody", async () => {
    const { exitCode, calls, out } = await run("query");
    expect([exitCode, calls]).toEqual([EXIT.ok, []]);
    expect(out).toContain("  failures-by-mx  Failures by MX host\n");
  });

  test("the help of a panel has its filters, its columns and command lines", async () => {
    const { exitCode, out } = await run("query failures-by-mx --help");
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toContain(`Usage: sealwatch query ${failuresByMx.id} [options]\n`);
    for (const { name } of columnsOf(failuresByMx)) expect(out).toContain(`\n  ${name}\n`);
    for (const name of parametersOf(failuresByMx).filter((one) => one !== "format")) {
      expect(out).toContain(`\n  --${name.replaceAll("_", "-")} <`);
    }
    expect(out).toContain("  sealwatch query failures-by-mx --domain example.com --last 90d\n");
    expect(out).not.toContain("--step ");
    expect(out.split("\n").every((line) => line.length <= 100)).toBe(true);
  });

  test("what cannot be", async () => {
    const bad = async (line: string, message: RegExp) => {
      const { exitCode, err, calls } = await run(`query ${line}`);
      expect([exitCode, calls]).toEqual([EXIT.usage, []]);
      expect(err).toMatch(message);
    };
    await bad("overveiw", /no panel overveiw; did you mean overview\?/);
    await bad("xyz", /panels are overview, failures-by-mx/);
    await bad("nosuch --help", /no panel nosuch/);
    await bad("overview --json --csv", /cannot both/);
    await bad("overview --server 192.0.2.1", /web address/);
    await bad("overview --domian a.example", /Did you mean --domain\?/);
  });
});

describe("help", () => {
  test.each(Object.keys(COMMANDS))("of %s has flags, examples and exit codes", async (name) => {
    const { exitCode, out, err } = await run(`${name} --help`);
    expect([exitCode, err]).toEqual([EXIT.ok, ""]);
    expect(out).toContain("\nExamples:\n");
    expect(out).toContain("\nExit codes:\n");
    expect(out.split("\n").every((line) => line.length <= 100)).toBe(true);
    for (const [line] of COMMANDS[name as keyof typeof COMMANDS].examples)
      expect(out).toContain(line);
    if (name === "config" || name === "token") return; // their subcommands have the flags
    for (const key of optionsOf(name as keyof typeof COMMANDS)) {
      const flag = flagOf(key);
      if (flag !== null) expect(out).toMatch(new RegExp(`^  ${flag}[ \n]`, "m"));
    }
    expect(out).not.toContain("--clickhouse-url");
  });

  test("of the program", async () => {
    const { exitCode, out } = await run("--help");
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toMatchInlineSnapshot(`
      "Usage: sealwatch [options] [command]

      Receives SMTP TLS reports (RFC 8460) and shows which MX hosts fail TLS, and why.

      Options:
        -V, --version                     print the version
        -h, --help                        print this help

      Commands:
        serve [options]                   receive reports, store them, answer queries and show pages
        import [options] <path...>        take reports from files, folders or standard input
        query [options] [panel]           ask for the numbers of one panel
        report [options] <path...>        explain report files, without a server
        reprocess [options] [receipt...]  try quarantined messages again
        migrate [options]                 bring the tables of the store up to date
        config                            check the configuration, or print an example of it
        health [options]                  ask a running server whether it is ready
        token                             make, list and revoke the tokens by which programs ask the API
        help [command]                    print the help of a command

      Exit codes:
        0   done
        1   failed
        2   the command line is wrong
        75  store or server is away; try again later
        78  the configuration is wrong; see 'sealwatch config check'
        130 interrupted
      "
    `);
  });

  test("lists the panels", async () => {
    expect((await run("query --help")).out).toContain("  failures-by-mx  Failures by MX host\n");
    expect((await run("help query")).exitCode).toBe(EXIT.ok);
  });

  test("the examples are command lines that are taken", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sealwatch-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const { examples } of Object.values(COMMANDS)) {
      for (const [line] of examples) {
        const words = line.replace(/^.*sealwatch (?=[a-z])/, "").replace(/ >.*$/, "");
        const replaced = words
          .replace(/query (trend|reports)/, "query overview")
          .replace(/^health.*/, "$& --http-listen 127.0.0.1:1");
        const files = { "/etc/sealwatch.yaml": "log:\n  level: info\n" };
        const env = { SEALWATCH_DATA_DIR: folder };
        const { exitCode, err } = await run(replaced, { files, env });
        // Nobody listens on port 1, so health fails; all else ends well.
        expect([exitCode, err].join(" "), line).toMatch(/^0|^1 sealwatch: no answer/);
      }
    }
  });

  test("the version", async () => {
    expect(await run("--version")).toMatchObject({ exitCode: EXIT.ok, out: "1.2.3\n" });
  });
});

describe("mistakes", () => {
  const bad = async (line: string, exitCode: number, message: RegExp, setting?: Setting) => {
    const result = await run(line, setting);
    expect([result.exitCode, result.out], line).toEqual([exitCode, ""]);
    expect(result.err, line).toMatch(message);
  };

  test("on the command line end with 2", async () => {
    await bad("", EXIT.usage, /Usage: sealwatch/);
    await bad("config", EXIT.usage, /Usage: sealwatch config/);
    await bad("serv", EXIT.usage, /unknown command 'serv'\n\(Did you mean serve\?\)/);
    await bad("config chek", EXIT.usage, /Did you mean check/);
    await bad(
      "serve --smtp-lisen :1",
      EXIT.usage,
      /Did you mean --smtp-listen\?\)\nTry: sealwatch/,
    );
    await bad("serve --smtp-listen", EXIT.usage, /argument missing/);
    await bad("serve now", EXIT.usage, /too many arguments/);
    await bad("migrate --smtp-listen :1", EXIT.usage, /unknown option/);
    await bad("serve --\u001b[31mred", EXIT.usage, /\\x1b\[31mred/);
  });

  test("of the configuration end with 78 and are told all at once", async () => {
    await bad(
      "serve --log-level loud --http-listen 1",
      EXIT.configuration,
      /^sealwatch: 2 mistakes/,
    );
    await bad("migrate", EXIT.configuration, /^sealwatch: 1 mistake in/, {
      env: { SEALWATCH_CLICKHOUSE_URL: "x" },
    });
    await bad("config check --roles api", EXIT.configuration, /\n {2}--roles: role api without/);
  });

  test("secrets on the command line are refused and not repeated", async () => {
    for (const line of [
      "serve --clickhouse-url http://u:hunter2@h",
      "migrate --clickhouse-url=hunter2",
    ]) {
      await bad(line, EXIT.usage, /set SEALWATCH_CLICKHOUSE_URL, or clickhouse.url in the file/);
      expect((await run(line)).err).not.toContain("hunter2");
    }
  });

  test("of actions are told in one line and by their kind", async () => {
    const failing = (error: unknown) => ({ act: () => Promise.reject(error) });
    const away = new StoreError("nobody there", { retryable: true });
    await bad("migrate", EXIT.tryAgain, /^sealwatch: the store: nobody there\n$/, failing(away));
    const wrong = new StoreError("wrong password", { retryable: false });
    await bad("migrate", EXIT.failed, /^sealwatch: the store: wrong password\n$/, failing(wrong));
    const own = new CommandError("no \u001b server", { exitCode: EXIT.tryAgain });
    await bad("migrate", EXIT.tryAgain, /^sealwatch: no \\x1b server\n$/, failing(own));
    const system = Object.assign(new Error("EADDRINUSE: in use"), { code: "X", syscall: "listen" });
    await bad("serve", EXIT.failed, /^sealwatch: EADDRINUSE: in use\n$/, failing(system));
    await bad("serve", EXIT.failed, /TypeError: oops\n\s+at /, failing(new TypeError("oops")));
  });
});

describe("config", () => {
  test("check shows values, sources, and no secret", async () => {
    const env = { SEALWATCH_CLICKHOUSE_URL: "http://u:hunter2@h.example/db" };
    const { exitCode, out } = await run("config check --log-level warn", { env });
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toMatch(/^log\.level +warn +--log-level$/m);
    expect(out).toMatch(
      /^clickhouse\.url +http:\/\/u:\*{8}@h\.example\/db +SEALWATCH_CLICKHOUSE_URL$/m,
    );
    expect(out).toMatch(/^tls\.cert +– +default$/m);
    expect((await run("config check --json", { env })).out).not.toContain("hunter2");
  });

  test("check --json tells problems as values", async () => {
    const { exitCode, out } = await run("config check --json --log-level loud");
    expect(exitCode).toBe(EXIT.configuration);
    expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [{ place: "--log-level" }] });
  });

  test("example and schema", async () => {
    expect((await run("config example")).out).toMatch(/^# Configuration of Sealwatch/);
    expect(JSON.parse((await run("config schema")).out)).toHaveProperty("properties.smtp");
  });
});
