// One-line good and bad cases for the grammar of every option's value.

import { expect, test } from "vitest";
import { OPTION_KEYS, type OptionKey, optionOf } from "../../../services/config/options.ts";

const good = (key: OptionKey, given: unknown, value: unknown) =>
  expect(optionOf(key).kind.read(given), `${key}: ${JSON.stringify(given)}`).toEqual({
    ok: true,
    value,
  });
const bad = (key: OptionKey, given: unknown, why: RegExp) => {
  const reading = optionOf(key).kind.read(given);
  expect(reading.ok, `${key}: ${JSON.stringify(given)} was taken`).toBe(false);
  if (!reading.ok) expect(reading.why).toMatch(why);
};

test("roles", () => {
  good("roles", "smtp,writer", ["smtp", "writer"]);
  good("roles", " api , https ", ["api", "https"]); // spaces around commas
  good("roles", ["smtp"], ["smtp"]);
  bad("roles", "", /empty/);
  bad("roles", [], /empty/);
  bad("roles", "smtp,mail", /item 2: none of the known words/);
  bad("roles", "smtp,smtp", /item 2: the same/);
  bad("roles", "smtp,", /item 2: empty/);
  bad("roles", true, /neither a list nor a text/);
  bad("roles", ["smtp", null], /item 2/);
});

test("addresses to listen on", () => {
  good("http.listen", "127.0.0.1:8080", { host: "127.0.0.1", port: 8080 });
  good("http.listen", "[::1]:8080", { host: "::1", port: 8080 });
  good("http.listen", ":8080", { host: "", port: 8080 }); // every interface
  good("http.listen", "*:8080", { host: "", port: 8080 });
  good("http.listen", "0.0.0.0:0", { host: "0.0.0.0", port: 0 }); // the system chooses
  good("http.listen", "mx.example.com:65535", { host: "mx.example.com", port: 65_535 });
  bad("http.listen", "8080", /a port alone; write 127\.0\.0\.1:8080/);
  bad("http.listen", 8080, /a port alone/); // a YAML number
  bad("http.listen", "127.0.0.1", /no port/);
  bad("http.listen", "127.0.0.1:65536", /above 65535/);
  bad("http.listen", "127.0.0.1:-1", /no port/);
  bad("http.listen", "::1:8080", /in brackets/);
  bad("http.listen", "[127.0.0.1]:80", /no IPv6 address/);
  bad("http.listen", "300.0.0.1:80", /not an IPv4 address/);
  bad("http.listen", "ex ample:80", /not a host name/);
  bad("http.listen", "http://x:80", /in brackets|not a host name/);
  bad("http.listen", "", /empty/);
  bad("http.listen", "off", /no port/); // pages cannot be turned off
});

test("listeners that can be off", () => {
  good("smtp.listen", "off", null);
  good("smtp.listen", ":25", { host: "", port: 25 });
  good("report.listen", "off", null);
  good("report.listen", ":443", { host: "", port: 443 });
  bad("smtp.listen", false, /not a text/); // YAML 1.2 has no off
});

test("sizes", () => {
  good("message_bytes_max", "25MiB", 26_214_400);
  good("message_bytes_max", "25 mb", 25_000_000);
  good("message_bytes_max", 1_024, 1_024); // a YAML number
  good("message_bytes_max", "1.5MiB", 1_572_864);
  good("spool.bytes_max", "1TiB", 2 ** 40);
  good("spool.disk_free_bytes_min", "0", 0);
  bad("message_bytes_max", "25 megabytes", /not a size/);
  bad("message_bytes_max", "25M", /not a size/); // of 1000 or of 1024?
  bad("message_bytes_max", "-1", /not a size/);
  bad("message_bytes_max", "1e6", /not a size/);
  bad("message_bytes_max", "1023", /less than 1KiB/);
  bad("message_bytes_max", "1TiB", /more than 256MiB/);
  bad("spool.bytes_max", "99999999TiB", /not a size/); // more than a number holds
  bad("spool.bytes_max", ["1GiB"], /not a text/);
});

test("counts", () => {
  good("decode.workers", "2", 2);
  good("decode.workers", 64, 64);
  bad("decode.workers", 0, /out of range/);
  bad("decode.workers", 65, /out of range/);
  bad("decode.workers", "two", /not a whole number/);
  bad("decode.workers", 1.5, /not a whole number/);
  bad("smtp.connections_max", "65536", /out of range/);
});

test("yes and no", () => {
  for (const yes of [true, "true", "yes", "on", "1", 1]) good("insecure_no_auth", yes, true);
  for (const no of [false, "FALSE", "no", "off", "0", 0]) good("insecure_no_auth", no, false);
  bad("insecure_no_auth", "maybe", /neither/);
  bad("insecure_no_auth", 2, /neither/);
});

test("words", () => {
  good("log.level", "debug", "debug");
  good("clickhouse.topology", "sharded", "sharded");
  bad("log.level", "verbose", /none of the known/);
  bad("log.format", "JSON", /none of the known/); // letter case counts
});

test("names", () => {
  good("smtp.hostname", "MX.Example.com", "mx.example.com");
  bad("smtp.hostname", "mx example", /not a host name/);
  bad("smtp.hostname", "mx.example.com:25", /not a host name/);
  good("clickhouse.cluster", "main_1", "main_1");
  bad("clickhouse.cluster", "main' ON", /not such a name/); // goes into statements
  bad("clickhouse.cluster", "{cluster}", /not such a name/);
});

test("mail addresses", () => {
  good("smtp.recipients", "a@example.com,@example.net", ["a@example.com", "@example.net"]);
  good("smtp.recipients", "", []); // any recipient
  good("smtp.recipients", ["*@example.org"], ["*@example.org"]);
  bad("smtp.recipients", "example.com", /not a mail address/);
  bad("smtp.recipients", "a@b@example.com", /not a mail address/);
  good("public.report_address", "tlsrpt@example.com", "tlsrpt@example.com");
  bad("public.report_address", "@example.com", /not a mail address/);
  bad("public.report_address", "mail to@example.com", /not a mail address/);
});

test("web addresses", () => {
  good("clickhouse.url", "http://u:p%40@h.example:8123/db", "http://u:p%40@h.example:8123/db");
  good("clickhouse.url", "https://h.example", "https://h.example"); // user and database default
  bad("clickhouse.url", "h.example:8123", /neither http/);
  bad("clickhouse.url", "tcp://h.example:9000", /neither http/);
  bad("clickhouse.url", "http://u:p/q@h.example", /not a URL|database name/);
  bad("clickhouse.url", "http://h.example/db?x=1", /query/);
  bad("clickhouse.url", "http://h.example/a/b", /database name/);
  bad("clickhouse.url", "http://u:100%@h.example/db", /hexadecimal/);
  good("public.url", "https://tlsrpt.example.com/", "https://tlsrpt.example.com");
  bad("public.url", "tlsrpt.example.com", /not a URL/);
  bad("public.url", "https://u:p@tlsrpt.example.com", /user or a password/);
});

test("paths", () => {
  good("data_dir", "data dir", "data dir");
  bad("data_dir", "a\0b", /NUL/);
  bad("tls.cert", "", /empty/);
  bad("tls.key", {}, /not a text/);
});

test("every kind takes back what it prints, and never shows what it refuses", () => {
  const machine = { hostname: "mx.example.com", cpus: 3, terminal: true };
  for (const key of OPTION_KEYS) {
    const { kind, default: make } = optionOf(key);
    const value = make(machine);
    const text = kind.print(value);
    if (text !== "" && value !== null) expect(kind.read(text)).toEqual({ ok: true, value });
    const reading = kind.read("hunter2 hunter2@\0");
    if (!reading.ok) expect(`${reading.why}${kind.expects}`, key).not.toContain("hunter2");
  }
});
