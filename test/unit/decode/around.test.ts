// What is said of the file around a report has a place of its own, since the file may hold those of others.

import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { decode } from "../../../services/decode/decode.ts";
import { received } from "../../support/mails.ts";
import { reportJson } from "../../support/reports.ts";
import { zipOf } from "../../support/zips.ts";

test("deviations of containers are of the file, and not of the report in it", async () => {
  const zip = zipOf({ "a.json": reportJson({ number: 1 }) });
  const { found } = await decode(received(gzipSync(zip)));
  const around = found.flatMap(({ deviations }) => deviations);
  expect(around.map(({ code, place }) => [code, place])).toContainEqual(["zip-container", "file"]);
  expect(around.map(({ place }) => place)).not.toContain("");
});
