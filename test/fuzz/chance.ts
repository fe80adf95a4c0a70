// Chance from a seed: the same seed, target and number give the same case on every machine.

/** A source of choices. */
export interface Chance {
  /** A whole number from 0 to before `end`. */
  below(end: number): number;
  /** True about once in `times`. */
  once(times: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Several picks, `least` to `most` of them. */
  some<T>(least: number, most: number, make: () => T): T[];
  bytes(length: number): Buffer;
}

/** Chance of one case: sfc32, seeded with the characters of the name. */
export function chanceOf(name: string): Chance {
  const next = sfc32(name);
  const below = (end: number) => Math.floor((next() / 2 ** 32) * end);
  return {
    below,
    once: (times) => below(times) === 0,
    pick<T>(from: readonly T[]): T {
      const found = from[below(from.length)];
      if (found === undefined && from.length === 0) throw new Error("nothing to pick from");
      return found as T;
    },
    some: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

function sfc32(name: string): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  for (let i = 0; i < name.length; i++) a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
