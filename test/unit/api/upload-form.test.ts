// Forms with files as browsers make them, and as nobody should.

import { expect, test } from "vitest";
import { readUploadForm } from "../../../services/api/upload-form.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

const TYPE = "multipart/form-data; boundary=b";

const part = (name: string, fileName: string, text: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\n\r\n${text}\r\n`;
const read = (text: string, type = TYPE) => readUploadForm(type, Buffer.from(text), "file");

/** The longest time in which nothing else had its turn. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await work();
  look();
  clearInterval(timer);
  return longest;
}

async function browserForm(files: readonly File[]) {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  form.append("other", new File(["x"], "other.json"));
  const request = new Request("http://localhost", { method: "POST", body: form });
  const body = new Uint8Array(await request.arrayBuffer());
  return readUploadForm(request.headers.get("Content-Type") ?? "", body, "file");
}

test("files of the field in their order, byte for byte, without the folders they were in", async () => {
  const large = new Uint8Array(3_000_000).map((_, i) => (i * i) % 251);
  const read = await browserForm([
    new File([large], "größe.json"),
    new File(["--b\r\n"], "a/b\\c.json"),
    new File([], "empty.json"),
    new File([], ""),
  ]);
  if (!read.ok) throw new Error(read.why);
  expect(read.files.map(({ name }) => name)).toEqual(["größe.json", "c.json", "empty.json", ""]);
  expect(read.files.map(({ bytes }) => bytes.length)).toEqual([large.length, 5, 0, 0]);
  expect(Buffer.compare(read.files[0]?.bytes ?? large.subarray(1), large)).toBe(0);
});

test("what ends early, has no boundary, or is no form cannot be read", async () => {
  const unreadable = { ok: false, why: "unreadable" };
  expect(await read(part("file", "a.json", "{}"))).toEqual(unreadable);
  expect(await read('--b\r\nContent-Disposition: form-data; name="file"; filename="a')).toEqual(
    unreadable,
  );
  expect(await read("--b--\r\n", "multipart/form-data")).toEqual(unreadable);
  expect(await read("{}")).toEqual(unreadable);
  expect(await read("")).toEqual(unreadable);
  expect(await read("--b--\r\n")).toEqual({ ok: true, files: [] });
});

test("no more files and fields than are taken, however small", async () => {
  const files = (count: number) => read(`${part("file", "a", "x").repeat(count)}--b--\r\n`);
  const { uploadFilesMax: max } = BOUNDS;
  expect(await files(max)).toMatchObject({ ok: true, files: { length: max } });
  expect(await files(max + 1)).toEqual({ ok: false, why: "too-many" });
  const field = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nx\r\n';
  const fields = await read(`${field.repeat(BOUNDS.uploadFieldsMax + 1)}--b--\r\n`);
  expect(fields).toEqual({ ok: false, why: "too-many" });
});

test.each([
  ["tiny files", part("file", "a", "x").repeat(400_000)],
  ["parts without a name", "--b\r\n\r\n\r\n".repeat(2_000_000)],
  ["one head without end", `--b\r\n${"x: y\r\n".repeat(4_000_000)}`],
  ["what is nearly a boundary", part("file", "a", "\r\n--".repeat(6_000_000))],
  ["names of a megabyte", part("file", "a".repeat(1_000_000), "x").repeat(20)],
])("%s, a form full, hold up nobody", async (_, text) => {
  const body = Buffer.from(text.slice(0, BOUNDS.uploadBytesMax));
  expect(await longestPause(() => readUploadForm(TYPE, body, "file"))).toBeLessThan(1_000);
});
