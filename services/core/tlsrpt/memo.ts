// Answers that are remembered, for what reports say over and over: addresses, dates. Only for pure
// functions of short texts and numbers, so that the answer for a key never changes.

/**
 * A function that remembers what `make` gave, for up to `entriesMax` keys; then it forgets all of
 * them, which is cheaper than to know which one was used last.
 */
export function remembered<Key extends string | number, Answer extends string | object | boolean>(
  make: (key: Key) => Answer,
  entriesMax: number,
): (key: Key) => Answer {
  const known = new Map<Key, Answer>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = make(key);
    if (known.size >= entriesMax) known.clear();
    known.set(key, answer);
    return answer;
  };
}
