// The kinds of value an option can have: how each is read from text (variable, flag) and from YAML,
// how it is printed, and its JSON Schema for editors. What it is used for stands in options.ts.

import { domainOrNone } from "../core/dns/name.ts";
import { parseNetwork } from "../core/net/networks.ts";
import { type Listen, parseListen, printListen } from "./listen.ts";
import { parseSize, printSize } from "./quantity.ts";

export type Reading<Value> = { ok: true; value: Value } | { ok: false; why: string };

export interface Kind<Value> {
  /** What stands for the value in `--flag <placeholder>`; "" for a flag without a value. */
  placeholder: string;
  /** Ends the sentence "expected ...". */
  expects: string;
  /** JSON Schema of the value in a YAML file. */
  schema: Record<string, unknown>;
  /** Reads text or a YAML value. `why` never repeats the value: it may be a secret. */
  read(given: unknown): Reading<Value>;
  /** The value as text that `read` takes back. */
  print(value: Value): string;
  /** Set for paths: makes the value absolute, from the folder that it is relative to. */
  locate?(value: Value, folder: string): Value;
}

/** The two ways in which reading a value ends. */
export const accept = <Value>(value: Value): Reading<Value> => ({ ok: true, value });
export const reject = (why: string): { ok: false; why: string } => ({ ok: false, why });

/** A kind that is read from text; YAML numbers count as their text. */
export function textual<Value>(
  kind: Pick<Kind<Value>, "placeholder" | "expects" | "print"> & {
    schema?: Record<string, unknown>;
    parse: (text: string) => Reading<Value>;
  },
): Kind<Value> {
  const { parse, schema = { type: "string" }, ...rest } = kind;
  return {
    ...rest,
    schema,
    read: (given) => {
      if (typeof given !== "string" && typeof given !== "number") return reject("not a text");
      const text = String(given).trim();
      return text === "" ? reject("empty") : parse(text);
    },
  };
}

/** The same kind, or nothing: "off" turns it off. */
export function orOff<Value>(kind: Kind<Value>): Kind<Value | null> {
  return {
    placeholder: kind.placeholder,
    expects: `${kind.expects}, or off`,
    schema: { anyOf: [kind.schema, { const: "off" }] },
    read: (given) => (given === "off" ? accept(null) : kind.read(given)),
    print: (value) => (value === null ? "off" : kind.print(value)),
  };
}

/** The same kind, where nothing is a value: not set. */
export function orUnset<Value>(kind: Kind<Value>): Kind<Value | null> {
  const { locate } = kind;
  return {
    ...kind,
    print: (value) => (value === null ? "" : kind.print(value)),
    ...(locate && {
      locate: (value: Value | null, folder: string) =>
        value === null ? null : locate(value, folder),
    }),
  };
}

/** Several values: a YAML sequence, or text with commas. None twice. */
export function list<Value>(
  item: Kind<Value>,
  options: { itemsMin: number },
): Kind<readonly Value[]> {
  return {
    placeholder: `${item.placeholder},...`,
    expects: `a list of ${item.expects}`,
    schema: {
      anyOf: [
        { type: "array", items: item.schema, minItems: options.itemsMin, uniqueItems: true },
        { type: "string" },
      ],
    },
    read: (given) => {
      const parts = Array.isArray(given) ? given : textParts(given);
      if (parts === null) return reject("neither a list nor a text");
      if (parts.length < options.itemsMin) return reject("an empty list");
      const values: Value[] = [];
      const seen = new Set<string>();
      for (const [index, part] of parts.entries()) {
        const reading = item.read(part);
        if (!reading.ok) return reject(`item ${index + 1}: ${reading.why}`);
        const printed = item.print(reading.value);
        if (seen.has(printed)) return reject(`item ${index + 1}: the same as an earlier one`);
        seen.add(printed);
        values.push(reading.value);
      }
      return accept(values);
    },
    print: (values) => values.map((value) => item.print(value)).join(","),
  };
}

function textParts(given: unknown): string[] | null {
  if (typeof given !== "string") return null;
  return given.trim() === "" ? [] : given.split(",").map((part) => part.trim());
}

/** One of a closed set of words. */
export function choice<Word extends string>(words: readonly Word[]): Kind<Word> {
  return textual({
    placeholder: words.length > 3 ? "name" : words.join("|"),
    expects: words.join(", "),
    schema: { enum: words },
    parse: (text) => {
      const word = words.find((known) => known === text);
      return word === undefined ? reject("none of the known words") : accept(word);
    },
    print: (word) => word,
  });
}

/** Yes or no; as a flag it takes no value. */
export function yesOrNo(): Kind<boolean> {
  const words = new Map([
    ["true", true],
    ["yes", true],
    ["on", true],
    ["1", true],
    ["false", false],
    ["no", false],
    ["off", false],
    ["0", false],
  ]);
  return {
    placeholder: "",
    expects: "true or false",
    schema: { anyOf: [{ type: "boolean" }, { enum: [...words.keys(), 1, 0] }] },
    read: (given) => {
      const value = words.get(String(given).toLowerCase());
      return value === undefined ? reject("neither yes nor no") : accept(value);
    },
    print: (value) => String(value),
  };
}

/** Bytes, as a number or with a unit. */
export function size(bounds: { bytesMin: number; bytesMax?: number }): Kind<number> {
  const { bytesMin, bytesMax = Number.MAX_SAFE_INTEGER } = bounds;
  return textual({
    placeholder: "size",
    expects: "a size such as 25MiB",
    schema: { anyOf: [{ type: "string" }, { type: "integer", minimum: bytesMin }] },
    parse: (text) => {
      const bytes = parseSize(text);
      if (bytes === null) return reject("not a size");
      if (bytes < bytesMin) return reject(`less than ${printSize(bytesMin)}`);
      return bytes > bytesMax ? reject(`more than ${printSize(bytesMax)}`) : accept(bytes);
    },
    print: printSize,
  });
}

/** A whole number. */
export function count(bounds: { min: number; max: number }): Kind<number> {
  return textual({
    placeholder: "count",
    expects: `a whole number from ${bounds.min} to ${bounds.max}`,
    schema: {
      anyOf: [{ type: "integer", minimum: bounds.min, maximum: bounds.max }, { type: "string" }],
    },
    parse: (text) => {
      if (!/^[0-9]{1,15}$/.test(text)) return reject("not a whole number");
      const value = Number(text);
      return value < bounds.min || value > bounds.max ? reject("out of range") : accept(value);
    },
    print: (value) => String(value),
  });
}

/** host:port, kept in parts. */
export function listenAddress(): Kind<Listen> {
  return textual({
    placeholder: "host:port",
    expects: "host:port such as 127.0.0.1:8080, [::1]:8080 or :8080",
    schema: { type: ["string", "integer"] },
    parse: (text) => {
      const listen = parseListen(text);
      return typeof listen === "string" ? reject(listen) : accept(listen);
    },
    print: printListen,
  });
}

/** An IP address or a network, kept as its canonical text: see core/net/networks.ts. */
export function network(): Kind<string> {
  return textual({
    placeholder: "network",
    expects: "addresses or networks such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32",
    parse: (text) => {
      const found = parseNetwork(text);
      return found === null ? reject("neither an IP address nor a network") : accept(found.text);
    },
    print: (text) => text,
  });
}

/** A name that SMTP can be greeted with. */
export function hostName(): Kind<string> {
  return textual({
    placeholder: "name",
    expects: "a host name such as mx.example.com",
    parse: (text) => {
      const listen = /[:*[\]]/.test(text) ? "not a host name" : parseListen(`${text}:0`);
      return typeof listen === "string" ? reject(listen) : accept(text.toLowerCase());
    },
    print: (name) => name,
  });
}

/** A domain that can have mail, kept as its A-labels. */
export function mailDomain(): Kind<string> {
  return textual({
    placeholder: "domain",
    expects: "domains such as example.com",
    parse: (text) => {
      const domain = domainOrNone(text);
      return domain.includes(".") ? accept(domain) : reject("not a domain name");
    },
    print: (domain) => domain,
  });
}

/** A name of a thing in SQL: it is put into statements, so nothing but a name may pass. */
export function identifier(): Kind<string> {
  return textual({
    placeholder: "name",
    expects: "a name of letters, digits, _ and -",
    parse: (text) =>
      /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(text) ? accept(text) : reject("not such a name"),
    print: (text) => text,
  });
}

/** A mail address. With `wholeDomains`, "@example.com" stands for every address of a domain. */
export function mailAddress(options: { wholeDomains: boolean }): Kind<string> {
  const local = options.wholeDomains ? "[^\\s@,<>]{0,64}" : "[^\\s@,<>]{1,64}";
  const address = new RegExp(`^${local}@[^\\s@,<>]{1,253}$`);
  const also = options.wholeDomains ? " or @example.com" : "";
  return textual({
    placeholder: "address",
    expects: `mail addresses such as tlsrpt@example.com${also}`,
    parse: (text) => (address.test(text) ? accept(text) : reject("not a mail address")),
    print: (text) => text,
  });
}

/** A path, absolute once it has been located. */
export function path(
  what: "folder" | "file",
  resolve: (from: string, to: string) => string,
): Kind<string> {
  return {
    ...textual({
      placeholder: what,
      expects: `the path of a ${what}`,
      parse: (text) => (text.includes("\0") ? reject("a NUL byte in a path") : accept(text)),
      print: (text) => text,
    }),
    locate: (value, folder) => resolve(folder, value),
  };
}

/** A web address without query and fragment. */
export function webUrl(options: { database: boolean }): Kind<string> {
  return textual({
    placeholder: "url",
    expects: options.database
      ? "http(s)://user:password@host:8123/database"
      : "a web address such as https://tlsrpt.example.com",
    parse: (text) => {
      if (!URL.canParse(text)) return reject("not a URL; characters such as @ / # are %-encoded");
      const url = new URL(text);
      if (!/^https?:$/.test(url.protocol)) return reject("neither http:// nor https://");
      if (url.search !== "" || url.hash !== "") return reject("a URL with a query or a fragment");
      if (options.database && !/^\/[A-Za-z0-9_]*$/.test(url.pathname)) {
        return reject("a database name of other than letters, digits and _");
      }
      if (!options.database && url.username + url.password !== "") {
        return reject("a URL with a user or a password");
      }
      return options.database ? decodableUser(url, text) : accept(text.replace(/\/+$/, ""));
    },
    print: (text) => text,
  });
}

function decodableUser(url: URL, text: string): Reading<string> {
  try {
    decodeURIComponent(url.username + url.password);
    return accept(text);
  } catch {
    return reject("a % in user or password that is not followed by two hexadecimal digits");
  }
}
