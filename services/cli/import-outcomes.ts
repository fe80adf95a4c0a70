// The outcomes of an import as the writer leaves them, segment by segment, added up.

import { setTimeout as sleep } from "node:timers/promises";
import { emptyOutcome } from "../ingest/store-batch.ts";
import type { OutcomeReader } from "../spool/outcomes.ts";
import type { SegmentOutcome } from "../spool/port.ts";
import type { OpenSpoolWriter } from "../spool/spool-writer.ts";
import type { Progress } from "./progress.ts";

const OUTCOME_POLL_MS = 50;
const LOOK_EVERY_MS = 500;
/** A server that stopped is noticed after so many looks. */
const DRAIN_LOOKS = 20;

/** Adds up the outcomes of our segments as the writer leaves them. */
export class Collecting {
  readonly sum: SegmentOutcome = emptyOutcome();
  readonly #spool: OpenSpoolWriter;
  readonly #outcomes: OutcomeReader;
  readonly #taken = new Set<string>();
  #lookedAtMs = Date.now();

  constructor(spool: OpenSpoolWriter, outcomes: OutcomeReader) {
    this.#spool = spool;
    this.#outcomes = outcomes;
  }

  /** Takes what is there; true when nothing is missing. */
  async look(): Promise<boolean> {
    let missing = false;
    for (const name of this.#spool.segments()) {
      if (this.#taken.has(name)) continue;
      const outcome = await this.#outcomes.take(name);
      if (outcome === null) missing = true;
      else {
        this.#taken.add(name);
        addTo(this.sum, outcome);
      }
    }
    return !missing;
  }

  /** Keeps the folder of outcomes small while reading goes on. */
  async lookNowAndThen(): Promise<void> {
    if (Date.now() - this.#lookedAtMs < LOOK_EVERY_MS) return;
    this.#lookedAtMs = Date.now();
    await this.look();
  }

  /**
   * Waits until every outcome is there.
   * @param keepDraining called from time to time; sees to it that somebody drains the spool, and gives
   * what is in its way, or ""
   */
  async wait(progress: Progress, keepDraining: () => Promise<string>): Promise<void> {
    let obstacle = "";
    for (let looks = 1; !(await this.look()); looks++) {
      const stored = `${this.sum.received} of the messages are in the store`;
      progress.note(obstacle === "" ? stored : `${stored}; ${obstacle}`);
      if (looks % DRAIN_LOOKS === 0) obstacle = await keepDraining();
      await sleep(OUTCOME_POLL_MS);
    }
  }
}

function addTo(sum: SegmentOutcome, outcome: SegmentOutcome): void {
  for (const key of ["received", "stored", "duplicate", "conflict", "quarantined"] as const) {
    sum[key] += outcome[key];
  }
  for (const [reason, count] of Object.entries(outcome.reasons)) {
    sum.reasons[reason] = (sum.reasons[reason] ?? 0) + count;
  }
  sum.examples.push(...outcome.examples);
}
