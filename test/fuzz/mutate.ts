// Changes to bytes that know nothing of what they mean: flips, cuts, repeats, and tokens from outside.

import type { Chance } from "./chance.ts";

const ODD_BYTES = [
  0, 1, 9, 10, 13, 32, 34, 44, 45, 46, 58, 59, 61, 92, 123, 125, 127, 128, 0xc3, 255,
];

/** Bytes with one to a few changes. @param tokens texts that mean something to the reader */
export function mutate(chance: Chance, bytes: Buffer, tokens: readonly string[]): Buffer {
  let changed = bytes;
  const changes = 1 + chance.below(chance.pick([1, 2, 4, 12]));
  for (let i = 0; i < changes; i++) changed = change(chance, changed, tokens);
  return changed;
}

function change(chance: Chance, bytes: Buffer, tokens: readonly string[]): Buffer {
  const at = chance.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + chance.below(chance.pick([1, 4, 40, 400])));
  const around = (...between: Uint8Array[]) => splice(bytes, at, to, between);
  switch (chance.below(10)) {
    case 0:
      return flip(chance, bytes, at);
    case 1:
      return splice(bytes, at, at + 1, [Buffer.of(chance.pick(ODD_BYTES))]);
    case 2:
      return splice(bytes, at, at, [Buffer.of(chance.pick(ODD_BYTES))]);
    case 3:
      return around();
    case 4:
      return around(bytes.subarray(at, to), bytes.subarray(at, to));
    case 5:
      return bytes.subarray(0, at);
    case 6:
      return splice(bytes, at, at, [chance.bytes(1 + chance.below(8))]);
    case 7:
      return moved(chance, bytes, at, to);
    default: {
      const token = Buffer.from(tokens.length === 0 ? "" : chance.pick(tokens), "latin1");
      return splice(bytes, at, chance.once(2) ? at : at + token.length, [token]);
    }
  }
}

function flip(chance: Chance, bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << chance.below(8));
  return copy;
}

function moved(chance: Chance, bytes: Buffer, at: number, to: number): Buffer {
  const rest = splice(bytes, at, to, []);
  const place = chance.below(rest.length + 1);
  return splice(rest, place, place, [bytes.subarray(at, to)]);
}

function splice(bytes: Buffer, at: number, to: number, between: readonly Uint8Array[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), ...between, bytes.subarray(to)]);
}
