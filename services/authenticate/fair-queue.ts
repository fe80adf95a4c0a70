// Whose question to DNS is next. Anybody can name a domain whose DNS is silent, so each domain has lanes of
// its own, a few questions at a time, and those that answered before go first. Nothing is asked here.

import { BOUNDS } from "../core/bounds.ts";

/** One question. */
export interface Job {
  /** Asks; tells whether there was an answer, or null when silence is no fault of this domain. */
  start(): Promise<boolean | null>;
  /** Called instead of `start` when the question is given up. */
  drop(): void;
}

export interface FairQueue {
  /**
   * Puts a question into a lane, or drops it at once when the lane rests after a silence.
   * @param proven true when it was answered before, whatever is known of the lane
   */
  add(lane: string, job: Job, proven?: boolean): void;
  /** Whether it is worth waiting for an answer to what stands in the lane. */
  isSlow(lane: string): boolean;
  /** Forgets all silences, which were not the fault of the domains. */
  forgive(): void;
  /** Drops what waits. */
  clear(): void;
}

export interface FairQueueOptions {
  /** Milliseconds of a clock that only goes forward. */
  now: () => number;
  /** True while there is so little hope that few questions are asked at a time. */
  quiet: () => boolean;
}

interface Lane {
  waiting: Job[];
  running: number;
  /** Since when there was neither an answer nor nothing to answer. */
  sinceMs: number;
  answered: boolean;
  /** Silences in a row. */
  strikes: number;
  restUntilMs: number;
}

/** In order of preference. */
const TIERS = ["good", "new", "struck"] as const;
type Tier = (typeof TIERS)[number];

/** Questions of each kind at a time: each kind leaves some for the others. */
const SHARES: Record<Tier, number> = { good: 7 / 8, new: 5 / 8, struck: 1 / 4 };

/** Makes a queue with nothing in it. Lanes take turns within their kind. */
export function createFairQueue({ now, quiet }: FairQueueOptions): FairQueue {
  /** In the order of their last use, so that the first is the one to forget. */
  const lanes = new Map<string, Lane>();
  /** Lanes in which something waits, in the order of their turns. */
  const turns = new Set<Lane>();
  const running: Record<Tier, number> = { good: 0, new: 0, struck: 0 };

  function laneOf(name: string, proven: boolean): Lane {
    const lane = lanes.get(name) ?? newLane(proven);
    lanes.delete(name);
    lanes.set(name, lane);
    return lane;
  }

  /** A flood of domains that do not answer must not make those forgotten that do. */
  function forgetOne(): void {
    for (const onlySilent of [true, false]) {
      for (const [name, lane] of lanes) {
        if (lane.running > 0 || lane.waiting.length > 0) continue;
        if (onlySilent && lane.answered) continue;
        lanes.delete(name);
        return;
      }
    }
  }

  /**
   * Makes room: of lanes of the worst kind the one that waits longest gives way. Newcomers come in at the
   * end, so that in a flood of domains each has the same chance, whenever it comes.
   */
  function makeRoom(): void {
    if (turns.size < BOUNDS.dnsLanesWaitingMax) return;
    const least = TIERS.findLast((tier) => [...turns].some((lane) => tierOf(lane) === tier));
    const first = [...turns].find((lane) => tierOf(lane) === least);
    if (first !== undefined) empty(first);
  }

  function empty(lane: Lane): void {
    turns.delete(lane);
    for (const job of lane.waiting.splice(0)) job.drop();
  }

  /** The first lane of a kind that may ask one more question. */
  function nextOf(tier: Tier): Lane | undefined {
    for (const lane of turns) {
      if (tierOf(lane) === tier && lane.running < laneMost(tier)) return lane;
    }
    return undefined;
  }

  function pump(): void {
    const most = quiet() ? BOUNDS.dnsConcurrencyMaxSilent : BOUNDS.dnsConcurrencyMax;
    for (const tier of TIERS) {
      while (running[tier] < most * SHARES[tier] && total(running) < most) {
        const lane = nextOf(tier);
        if (lane === undefined) break;
        run(lane, tier);
      }
    }
  }

  function run(lane: Lane, tier: Tier): void {
    const job = lane.waiting.shift();
    turns.delete(lane);
    if (lane.waiting.length > 0) turns.add(lane);
    if (job === undefined) return;
    const startedMs = now();
    if (lane.running === 0) lane.sinceMs = startedMs;
    lane.running += 1;
    running[tier] += 1;
    void job.start().then((answered) => {
      lane.running -= 1;
      running[tier] -= 1;
      hear(lane, answered, startedMs);
      pump();
    });
  }

  function hear(lane: Lane, answered: boolean | null, startedMs: number): void {
    if (answered === null) return;
    if (answered) {
      lane.answered = true;
      lane.sinceMs = now();
      pardon(lane);
      return;
    }
    // What was asked at the same time is one silence.
    if (startedMs >= lane.restUntilMs) lane.strikes += 1;
    const restMs = BOUNDS.dnsRestMsFirst * 2 ** (lane.strikes - 1);
    lane.restUntilMs = now() + Math.min(BOUNDS.dnsRestMsMax, restMs);
    empty(lane);
  }

  return {
    add: (name, job, proven = false) => {
      const lane = laneOf(name, proven);
      if (lanes.size > BOUNDS.dnsLanesMax) forgetOne();
      if (lane.restUntilMs > now()) return job.drop();
      if (lane.waiting.length === 0) makeRoom();
      if (lane.waiting.length >= BOUNDS.dnsWaitingMaxPerLane) lane.waiting.shift()?.drop();
      lane.waiting.push(job);
      turns.add(lane);
      pump();
    },
    isSlow: (name) => {
      const lane = lanes.get(name);
      if (lane === undefined) return false;
      return lane.strikes > 0 || (lane.running > 0 && now() - lane.sinceMs > BOUNDS.dnsWaitMsMax);
    },
    forgive: () => {
      for (const lane of lanes.values()) pardon(lane);
    },
    clear: () => {
      for (const lane of turns) empty(lane);
    },
  };
}

function newLane(answered: boolean): Lane {
  return {
    waiting: [],
    running: 0,
    sinceMs: 0,
    answered,
    strikes: 0,
    restUntilMs: Number.NEGATIVE_INFINITY,
  };
}

function pardon(lane: Lane): void {
  lane.strikes = 0;
  lane.restUntilMs = Number.NEGATIVE_INFINITY;
}

function tierOf({ strikes, answered }: Lane): Tier {
  if (strikes > 0) return "struck";
  return answered ? "good" : "new";
}

function laneMost(tier: Tier): number {
  return tier === "struck" ? 1 : BOUNDS.dnsConcurrencyMaxPerLane;
}

function total(running: Record<Tier, number>): number {
  return running.good + running.new + running.struck;
}
