// How many things of one key are open at once, such as the connections of one address. Remembers only keys
// that hold something.

export interface Shares {
  /** False, and nothing counted, when the key holds as many as it may. @param max null: any number */
  enter(key: string, max: number | null): boolean;
  leave(key: string): void;
  /** Keys that hold something. */
  size(): number;
}

/** Shares of which none is taken. */
export function createShares(): Shares {
  const held = new Map<string, number>();
  return {
    enter(key, max) {
      const count = held.get(key) ?? 0;
      if (max !== null && count >= max) return false;
      held.set(key, count + 1);
      return true;
    },
    leave(key) {
      const count = (held.get(key) ?? 0) - 1;
      if (count > 0) held.set(key, count);
      else held.delete(key);
    },
    size: () => held.size,
  };
}
