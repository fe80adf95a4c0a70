// The address of a ClickHouse server as users give it: http(s)://user:password@host:8123/database.
// What is printed of it never holds the password.

import { StoreError } from "./port.ts";

export interface StoreAddress {
  /** Scheme, host and port. */
  origin: string;
  user: string;
  password: string;
  database: string;
}

const DATABASE_DEFAULT = "sealwatch";
const FORM = "http(s)://user:password@host:8123/database";

/**
 * Reads an address; user, password and database are percent-decoded.
 * @throws StoreError, not retryable, that says what is wrong without repeating the text
 */
export function parseStoreAddress(text: string): StoreAddress {
  if (!URL.canParse(text)) throw wrong("is not a URL");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw wrong("is not http or https");
  if (url.search !== "" || url.hash !== "") throw wrong("has something behind the database");
  const path = url.pathname.split("/").filter((part) => part !== "");
  if (path.length > 1) throw wrong("has more than one name in its path");
  try {
    return {
      origin: url.origin,
      user: decodeURIComponent(url.username) || "default",
      password: decodeURIComponent(url.password),
      database: checkedDatabase(decodeURIComponent(path[0] ?? DATABASE_DEFAULT)),
    };
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw wrong("has a percent sign that starts no percent-encoded character (%25 is a %)");
  }
}

/** The address for messages and logs: without password. */
export function printStoreAddress(address: StoreAddress): string {
  return `${address.origin}/${address.database} as user ${address.user}`;
}

// A closed form, because the name goes into statements.
function checkedDatabase(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) return name;
  throw wrong("has a database name that is not of letters, digits and _");
}

function wrong(what: string): StoreError {
  return new StoreError(`the store's address ${what}: SEALWATCH_CLICKHOUSE_URL is ${FORM}`, {
    retryable: false,
  });
}
