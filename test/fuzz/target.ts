// What a target of the fuzzing is: how a case is made of chance, and what must hold for it.

import type { Chance } from "./chance.ts";

/** Something that must hold did not. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** Says what must hold; `detail` is only made when it does not. */
export function hold(condition: boolean, what: string, detail: () => unknown = () => ""): void {
  if (condition) return;
  const more = detail();
  throw new Broken(more === "" ? what : `${what}: ${show(more)}`);
}

const SHOWN_CHARS = 600;

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return String(text).slice(0, SHOWN_CHARS);
}

/** A target at work: what it has opened, and its judge. */
export interface Bench<Case> {
  /** Throws Broken when something that must hold does not, or whatever the program threw. */
  check(one: Case, number: number): void | Promise<void>;
  /** Looks at what cases left behind, once after each batch; it may throw Broken as well. */
  settle?(): Promise<void>;
  close?(): Promise<void>;
}

export interface Target<Case> {
  name: string;
  about: string;
  /** Cases that run at a time; one where nothing is waited for. */
  lanes: number;
  make(chance: Chance, number: number): Case;
  /** The case as bytes, for the folder of findings. */
  print(one: Case): Uint8Array;
  open(): Promise<Bench<Case>>;
}

/** A target whose cases nobody needs to know. */
export type AnyTarget = Target<unknown>;

/** Hides the kind of a target's cases: only its own `make` makes them. */
export function target<Case>(of: Target<Case>): AnyTarget {
  return of as AnyTarget;
}
