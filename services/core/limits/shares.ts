// How much of a thing that is shared by all is held under each key, such as the connections or the memory
// of one address. Remembers only keys that hold something.

/** A key, and how much may be held under it. */
export interface Share {
  key: string;
  max: number;
}

export interface Shares {
  /** Takes under all of these keys; false, and nothing taken, when one would hold more than it may. */
  take(shares: readonly Share[], amount: number): boolean;
  give(shares: readonly Share[], amount: number): void;
  /** What a key holds. */
  of(key: string): number;
  /** Keys that hold something. */
  size(): number;
}

/** Shares of which none is taken. */
export function createShares(): Shares {
  const held = new Map<string, number>();
  const of = (key: string) => held.get(key) ?? 0;
  return {
    take(shares, amount) {
      if (shares.some(({ key, max }) => of(key) + amount > max)) return false;
      for (const { key } of shares) held.set(key, of(key) + amount);
      return true;
    },
    give(shares, amount) {
      for (const { key } of shares) {
        const left = of(key) - amount;
        if (left > 0) held.set(key, left);
        else held.delete(key);
      }
    },
    of,
    size: () => held.size,
  };
}
