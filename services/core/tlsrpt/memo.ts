// Answers that are remembered, for what reports say over and over: addresses, days. Only for pure
// functions of short texts and numbers, so that the answer for a key never changes.

/**
 * A function that remembers what `make` gave, up to `entriesMax` keys; then it forgets all of them,
 * which is cheaper than to know which one was used last.
 */
export function remembered<Key extends string | number>(
  make: (key: Key) => string,
  entriesMax: number,
): (key: Key) => string {
  const known = new Map<Key, string>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = make(key);
    if (known.size >= entriesMax) known.clear();
    known.set(key, answer);
    return answer;
  };
}
