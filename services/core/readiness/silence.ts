// What is said everywhere of a policy that was reported once and not of late, so that no two places say
// different things of it.

/** As the end of a sentence about the policy, such as "MTA-STS (enforce) was ". */
export function lastSeen(day: string): string {
  return `last seen on ${day}, not confirmed since`;
}
