// Addresses of the store, good and bad ones, and that no password comes back out of them.

import { describe, expect, test } from "vitest";
import { parseStoreAddress, printStoreAddress } from "../../../services/store/address.ts";
import { StoreError } from "../../../services/store/port.ts";

describe("parseStoreAddress", () => {
  const good = (text: string, expected: object) =>
    test(text, () => expect(parseStoreAddress(text)).toMatchObject(expected));
  const bad = (text: string, what: RegExp) =>
    test(text, () => {
      expect(() => parseStoreAddress(text)).toThrow(StoreError);
      expect(() => parseStoreAddress(text)).toThrow(what);
      expect(() => parseStoreAddress(text)).not.toThrow(/s3cret/);
    });

  good("http://ch.example:8123", { origin: "http://ch.example:8123", database: "sealwatch" });
  good("http://ch.example:8123/", { user: "default", password: "" });
  good("https://a:s3cret@ch.example:8443/tls", { user: "a", password: "s3cret", database: "tls" });
  good("http://a%40b:p%2Fq%3A%25@[2001:db8::1]:8123/x", { user: "a@b", password: "p/q:%" });
  good("http://a:b@ch.example:8123/x/", { database: "x" });

  bad("ch.example:8123", /http or https/); // a scheme named ch.example
  bad("a:s3cret@ch.example", /http or https/);
  bad("//a:s3cret@ch.example", /not a URL/);
  bad("tcp://a:s3cret@ch.example:9000/x", /http or https/); // the native protocol
  bad("http://a:s3cret@ch.example:8123/x/y", /more than one name/);
  bad("http://a:s3cret@ch.example:8123/x?secure=1", /behind the database/);
  bad("http://a:s3cret%@ch.example:8123/x", /percent/); // "%" by itself
  bad("http://a:s3cret@ch.example:8123/x%60%3B", /letters, digits/); // "x`;"
});

test("what is printed of an address has no password", () => {
  const printed = printStoreAddress(parseStoreAddress("http://a:s3cret@ch.example:8123/x"));
  expect(printed).toBe("http://ch.example:8123/x as user a");
});
