// Loading as a whole: rank of the sources, all mistakes at once with places, no secret shown.

import { describe, expect, test } from "vitest";
import { flagOf, OPTION_KEYS, variableOf } from "../../../services/config/options.ts";
import { CWD, load, loaded, problems } from "./loading.ts";

const YAML = `${CWD}/sealwatch.yaml`;
const FILE = { [YAML]: "data_dir: from-file\nsmtp:\n  listen: ':1'\nlog: {level: debug}\n" };

describe("rank", () => {
  test("defaults alone are a configuration", () => {
    const { config, sources } = loaded({});
    expect(config.dataDir).toBe(`${CWD}/data`);
    expect(config.smtp).toMatchObject({ hostname: "machine.example", recipients: [] });
    expect(config.decode.workers).toBe(4);
    expect(config.clickhouse).toEqual({ url: null, topology: { kind: "single" } });
    expect(config.tls).toBeNull();
    const { dkim, "auth.loopback_open": loopbackOpen, ...others } = sources;
    expect(new Set(Object.values(others))).toEqual(new Set(["default"]));
    expect(dkim).toBe("default (smtp.listen is loopback)");
    expect(loopbackOpen).toBe("default (public.url names no other host)");
  });

  test("what follows from other settings is shown as it holds, with the reason", () => {
    const env = { SEALWATCH_SMTP_LISTEN: ":25", SEALWATCH_PUBLIC_URL: "https://tlsrpt.example" };
    const { effective } = loaded({ env });
    const of = (key: string) => effective.find((one) => one.key === key);
    expect(of("dkim")).toMatchObject({
      shown: "require",
      source: "default (smtp.listen is not loopback)",
    });
    expect(of("auth.loopback_open")).toMatchObject({
      shown: "false",
      source: "default (public.url names another host)",
    });
  });

  test.each([
    ["https://tlsrpt.example", undefined, false],
    ["https://tlsrpt.example", "yes", true],
    ["http://localhost:8080", undefined, true],
    ["http://[::1]:8080", undefined, true],
    ["http://127.0.0.1", "no", false],
  ])("loopback with public.url %s and auth.loopback_open %s", (url, said, open) => {
    const env = {
      SEALWATCH_PUBLIC_URL: url,
      ...(said !== undefined && { SEALWATCH_AUTH_LOOPBACK_OPEN: said }),
    };
    expect(loaded({ env }).config.auth.loopbackOpen).toBe(open);
  });

  test("flags before variables before file before defaults", () => {
    const { config, sources } = loaded({
      files: FILE,
      env: { SEALWATCH_SMTP_LISTEN: ":2", SEALWATCH_LOG_LEVEL: "warn" },
      flags: { "log.level": "error" },
    });
    expect([config.dataDir, config.smtp.listen?.port, config.log.level]).toEqual([
      `${CWD}/from-file`,
      2,
      "error",
    ]);
    expect(sources).toMatchObject({
      data_dir: "sealwatch.yaml:1:1",
      "smtp.listen": "SEALWATCH_SMTP_LISTEN",
      "log.level": "--log-level",
      roles: "default",
    });
  });

  test("an empty variable counts as not set", () => {
    expect(loaded({ files: FILE, env: { SEALWATCH_DATA_DIR: "" } }).config.dataDir).toBe(
      `${CWD}/from-file`,
    );
  });

  test("--config before SEALWATCH_CONFIG before ./sealwatch.yaml", () => {
    const files = { ...FILE, "/etc/a.yaml": "data_dir: a", "/etc/b.yaml": "data_dir: b" };
    const env = { SEALWATCH_CONFIG: "/etc/b.yaml" };
    expect(loaded({ files, env }).config.dataDir).toBe("/etc/b"); // relative to the file
    expect(loaded({ files, env, flags: { config: "/etc/a.yaml" } }).config.dataDir).toBe("/etc/a");
  });

  test("the configuration cannot be changed", () => {
    const { config } = loaded({});
    expect(Object.isFrozen(config)).toBe(true);
    for (const group of Object.values(config)) expect(Object.isFrozen(group)).toBe(true);
    expect(Object.isFrozen(config.smtp.listen)).toBe(true);
  });
});

describe("mistakes", () => {
  test("all at once, each with its place and a way out", () => {
    const text = "smpt:\n  listen: x\nlog:\n  level: loud\nmessage_bytes_max: huge\nroles: [api]\n";
    expect(
      problems({
        files: { [YAML]: text },
        env: { SEALWATCH_DATADIR: "x", SEALWATCH_DECODE_WORKERS: "many" },
        flags: { "http.listen": "8080", "tls.cert": "/nope.pem" },
      }),
    ).toEqual([
      "sealwatch.yaml:2:3 | no option smpt.listen | did you mean smtp.listen?",
      "sealwatch.yaml:4:3 | log.level: none of the known words | expected debug, info, warn, error",
      "sealwatch.yaml:5:1 | message_bytes_max: not a size | expected a size such as 25MiB",
      "SEALWATCH_DATADIR | no such variable | did you mean SEALWATCH_DATA_DIR?",
      "SEALWATCH_DECODE_WORKERS | decode.workers: not a whole number | expected a whole number from 1 to 64",
      "--http-listen | http.listen: a port alone; write 127.0.0.1:8080, or :8080 for all interfaces | expected host:port such as 127.0.0.1:8080, [::1]:8080 or :8080",
      "--tls-cert | tls.cert without tls.key | set tls.key as well, or neither",
      "--tls-cert | tls.cert: cannot read /nope.pem: there is no such file (ENOENT) | mend the path, or the rights of this user",
      "sealwatch.yaml:6:1 | role api without writer on the embedded store, which only one process has | add the role writer, or set SEALWATCH_CLICKHOUSE_URL for both",
    ]);
  });

  test("a mistake that a higher rank covers is told all the same", () => {
    expect(
      problems({ env: { SEALWATCH_LOG_LEVEL: "loud" }, flags: { "log.level": "info" } }),
    ).toEqual([
      expect.stringContaining("SEALWATCH_LOG_LEVEL | log.level: none of the known words"),
    ]);
  });

  test("unknown keys and variables", () => {
    const one = (world: Parameters<typeof problems>[0]) => problems(world).join("\n");
    const file = (text: string) => one({ files: { [YAML]: text } });
    expect(file("listen: ':1'")).toMatch(/no option listen \| did you mean smtp.listen/);
    expect(file("smtp: 5")).toMatch(/smtp is a group of options/);
    expect(file("something: else")).toMatch(/docs\/configuration.md lists all/);
    expect(one({ env: { SEALWATCH_TOTALLY_ELSE: "1" } })).toMatch(/lists all options/);
    expect(one({ env: { SEALWATCH_CONFIG_FIEL: "1" } })).toMatch(/no such variable/);
    expect(one({ env: { SEALWATCH_DATA_DIR_FILE: "x" } })).toMatch(/no such variable/); // no secret
    expect(one({ env: { OTHER: "1", sealwatch_data_dir: "1" } })).toBe("");
  });

  test("variables that Kubernetes sets for a service of our name are not ours", () => {
    const address = "tcp://192.0.2.1:8080";
    expect(
      problems({
        env: {
          SEALWATCH_SERVICE_HOST: "192.0.2.1",
          SEALWATCH_SERVICE_PORT: "8080",
          SEALWATCH_SERVICE_PORT_HTTP: "8080",
          SEALWATCH_PORT: address,
          SEALWATCH_PORT_8080_TCP: address,
          SEALWATCH_PORT_8080_TCP_PROTO: "tcp",
          SEALWATCH_PORT_8080_TCP_PORT: "8080",
          SEALWATCH_PORT_8080_TCP_ADDR: "192.0.2.1",
          SEALWATCH_SMTP_SERVICE_HOST: "192.0.2.1",
        },
      }),
    ).toEqual([]);
  });

  test("a file that was asked for has to be there", () => {
    expect(problems({ flags: { config: "none.yaml" } })).toEqual([
      `--config | cannot read ${CWD}/none.yaml: there is no such file (ENOENT) | mend the path or its rights`,
    ]);
    expect(problems({ env: { SEALWATCH_CONFIG: "/none" } })[0]).toMatch(/^SEALWATCH_CONFIG \|/);
  });

  test("an option that stands twice, nested and dotted", () => {
    expect(problems({ files: { [YAML]: "log.level: info\nlog:\n  level: warn\n" } })).toEqual([
      "sealwatch.yaml:3:3 | log.level stands at sealwatch.yaml:1:1 already | remove one of the two",
    ]);
  });
});

describe("secrets", () => {
  const URL_TEXT = "http://sealwatch:hunter2@clickhouse.example:8123/db";

  test("are masked where they are shown", () => {
    const result = loaded({ env: { SEALWATCH_CLICKHOUSE_URL: URL_TEXT } });
    expect(result.config.clickhouse.url).toBe(URL_TEXT);
    expect(JSON.stringify([result.effective, result.sources])).not.toContain("hunter2");
    expect(result.effective.find(({ key }) => key === "clickhouse.url")?.shown).toBe(
      "http://sealwatch:********@clickhouse.example:8123/db",
    );
  });

  test("are not in any message about them", () => {
    const given = [
      "hunter2",
      "ftp://u:hunter2@h.example",
      "http://u:hunter2@h.example/a/b",
      "http://u:hunter2%@h.example/db",
      "http://u:hunter2@h.example:99999/",
    ];
    for (const url of given) {
      const text = problems({ env: { SEALWATCH_CLICKHOUSE_URL: url } }).join("\n");
      expect(text).toContain("SEALWATCH_CLICKHOUSE_URL");
      expect(text).not.toContain("hunter2");
    }
    const broken = [
      "url: a: hunter2",
      "url: 'hunter2",
      "url: @hunter2",
      "url: [hunter2",
      "url: *hunter2",
    ];
    for (const line of broken) {
      const text = problems({ files: { [YAML]: `clickhouse:\n  ${line}\n` } }).join("\n");
      expect(text).toContain("sealwatch.yaml:");
      expect(text).not.toContain("hunter2");
    }
  });

  test("can stand in a file of their own", () => {
    const env = { SEALWATCH_CLICKHOUSE_URL_FILE: "/run/secrets/url" };
    const files = { "/run/secrets/url": `${URL_TEXT}\n` };
    expect(loaded({ env, files }).config.clickhouse.url).toBe(URL_TEXT);
    expect(problems({ env })[0]).toMatch(/^SEALWATCH_CLICKHOUSE_URL_FILE \| cannot read/);
    const both = { ...env, SEALWATCH_CLICKHOUSE_URL: URL_TEXT };
    expect(problems({ env: both, files })[0]).toMatch(/SEALWATCH_CLICKHOUSE_URL is set as well/);
  });

  test("have no flag", () => expect(flagOf("clickhouse.url")).toBeNull());
});

test("flags and variables are each of one option", () => {
  for (const name of [variableOf, flagOf]) {
    const names = OPTION_KEYS.map(name).filter((one) => one !== null);
    expect(new Set(names).size).toBe(names.length);
  }
  expect(variableOf("spool.disk_free_bytes_min")).toBe("SEALWATCH_SPOOL_DISK_FREE_BYTES_MIN");
  expect(flagOf("insecure_no_auth")).toBe("--insecure-no-auth");
});

test("the real environment loads", () => expect(load({}).ok).toBe(true));
