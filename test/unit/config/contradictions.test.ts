// Settings that are right alone and wrong together: each rule with a case that it finds and one
// that it lets pass.

import { expect, test } from "vitest";
import { localUrl } from "../../../services/config/listen.ts";
import { CERT, KEY, OTHER_KEY } from "./certificates.ts";
import { CWD, loaded, problems } from "./loading.ts";

const flags = (values: Record<string, string>) => ({ flags: values });
const good = (values: Record<string, string>) => expect(problems(flags(values))).toEqual([]);
const bad = (values: Record<string, string>, message: RegExp) =>
  expect(problems(flags(values)).join("\n")).toMatch(message);

test("open addresses need it said out loud", () => {
  for (const open of [":8080", "0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080", "mx.example:8080"]) {
    bad({ "http.listen": open }, /no token yet.*token create.*--insecure-no-auth/);
    good({ "http.listen": open, insecure_no_auth: "true" });
    good({ "http.listen": open, roles: "smtp,https" }); // without the API there is nothing to read
  }
  for (const own of [
    "127.0.0.1:0",
    "127.8.8.8:1",
    "[::1]:1",
    "localhost:1",
    "[::ffff:127.0.0.1]:1",
  ]) {
    good({ "http.listen": own });
  }
});

test("an open address with a way in that not everybody has", () => {
  const path = `${CWD}/data/access/tokens.json`;
  const open = { "http.listen": ":8080" };
  const at = (text: string) => problems({ flags: open, files: { [path]: text } });
  expect(at('{"version":1,"tokens":[{"id":"0123456789ab"}]}')).toEqual([]);
  for (const text of ["", "{}", "null", "[]", '{"tokens":[]}', '{"tokens":{"length":1}}']) {
    expect(at(text), text).toHaveLength(1);
  }
  const elsewhere = { ...open, data_dir: "/srv/other" };
  expect(problems({ flags: elsewhere, files: { [path]: '{"tokens":[1]}' } })).toHaveLength(1);
  const header = { ...open, "auth.user_header": "X-Forwarded-User" };
  expect(problems(flags(header)).join("\n")).toMatch(/no token yet/); // no proxy is believed
});

test("commands that do not serve do not ask for it", () => {
  const world = { env: { SEALWATCH_HTTP_LISTEN: ":8080" } };
  expect(problems({ ...world, command: "health" })).toEqual([]);
  expect(problems({ ...world, command: "import" })).toEqual([]);
  expect(problems({ ...world, command: "config" })).toHaveLength(1);
});

test("the report listener needs a certificate unless it is local", () => {
  bad({ "report.listen": ":443" }, /--report-listen .*needs a certificate.*tls.cert and tls.key/);
  good({ "report.listen": "127.0.0.1:8081" });
  good({ "report.listen": "off" });
});

test("certificate and key", () => {
  const files = {
    "/tls/cert.pem": CERT,
    "/tls/key.pem": KEY,
    "/tls/other.pem": OTHER_KEY,
    [`${CWD}/cert.pem`]: CERT,
  };
  const tls = (cert: string, key: string) => {
    const both = { "tls.cert": cert, "tls.key": key, "report.listen": ":443" };
    return problems({ files, flags: both }).join("\n");
  };
  expect(tls("/tls/cert.pem", "/tls/key.pem")).toBe("");
  expect(tls("cert.pem", "/tls/key.pem")).toBe(""); // from the working directory
  expect(tls("/tls/cert.pem", "/tls/other.pem")).toMatch(/--tls-key .*not the key of the certi/);
  expect(tls("/tls/key.pem", "/tls/key.pem")).toMatch(/--tls-cert .*no PEM file of that kind/);
  expect(tls("/tls/cert.pem", "/tls/cert.pem")).toMatch(/--tls-key .*no PEM file of that kind/);
  expect(tls("/tls/none.pem", "/tls/key.pem")).toMatch(/cannot read \/tls\/none.pem.*ENOENT/);
  bad({ "tls.key": "/tls/key.pem" }, /--tls-key \| tls.key without tls.cert/);
  const { config } = loaded({
    files,
    flags: { "tls.cert": "cert.pem", "tls.key": "/tls/key.pem" },
  });
  expect(config.tls).toEqual({ cert: `${CWD}/cert.pem`, key: "/tls/key.pem" });
});

test("two listeners do not share an address", () => {
  bad({ "report.listen": "127.0.0.1:8080" }, /http.listen and report.listen both want 127/);
  bad({ "smtp.listen": ":8080" }, /http.listen and smtp.listen both want :8080/);
  good({ "http.listen": "127.0.0.1:0", "smtp.listen": "127.0.0.1:0" });
  good({ "smtp.listen": "127.0.0.2:8080" });
});

test("topologies", () => {
  const url = { SEALWATCH_CLICKHOUSE_URL: "http://clickhouse.example" };
  bad({ "clickhouse.topology": "sharded", "clickhouse.cluster": "main" }, /without a server/);
  bad({ "clickhouse.cluster": "main" }, /no meaning for the topology single/);
  expect(problems({ env: url, flags: { "clickhouse.topology": "replicated" } })[0]).toMatch(
    /needs the name of the cluster/,
  );
  const whole = { "clickhouse.topology": "replicated", "clickhouse.cluster": "main" };
  expect(loaded({ env: url, flags: whole }).config.clickhouse.topology).toEqual({
    kind: "replicated",
    cluster: "main",
  });
  // One mistake is told once: the broken URL is no missing one.
  const broken = { SEALWATCH_CLICKHOUSE_URL: "nonsense" };
  expect(problems({ env: broken, flags: whole })).toHaveLength(1);
});

test("roles that share the embedded store stay in one process", () => {
  bad({ roles: "writer" }, /role writer without api/);
  bad({ roles: "smtp,api" }, /role api without writer/);
  good({ roles: "writer,api" });
  good({ roles: "smtp,https" });
  const env = { SEALWATCH_CLICKHOUSE_URL: "http://clickhouse.example" };
  expect(problems({ env, flags: { roles: "writer" } })).toEqual([]);
});

test("something is left to do, and the spool holds a message", () => {
  bad({ roles: "smtp", "smtp.listen": "off" }, /nothing is left to do/);
  good({ "smtp.listen": "off" });
  bad({ "spool.bytes_max": "16MiB" }, /spool.bytes_max 16MiB is less than message_bytes_max 25MiB/);
});

test("the address at which this machine reaches a listener", () => {
  expect(localUrl({ host: "", port: 1 })).toBe("http://127.0.0.1:1");
  expect(localUrl({ host: "0.0.0.0", port: 1 })).toBe("http://127.0.0.1:1");
  expect(localUrl({ host: "::", port: 1 })).toBe("http://[::1]:1");
  expect(localUrl({ host: "192.0.2.1", port: 1 })).toBe("http://192.0.2.1:1");
});
