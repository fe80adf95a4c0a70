// Everything worth telling an operator, as one table: log level, message, and the metric that moves
// with it. Business code says `emit("report-stored", {...})` and nothing else. Adding an event is
// one entry in events-taking-in.ts, events-storing.ts or events-running.ts; log line and metric follow.

import { RUNNING } from "./events-running.ts";
import { STORING } from "./events-storing.ts";
import { TAKING_IN } from "./events-taking-in.ts";

export type { EventKind, EventMetric } from "./event-kind.ts";

export const EVENTS = { ...TAKING_IN, ...STORING, ...RUNNING } as const;

export type EventName = keyof typeof EVENTS;
export type EventFields = Record<string, unknown>;

/** Tells of one event; the two writers behind it are log.ts and metrics.ts. */
export type Emit = (event: EventName, fields?: EventFields) => void;

/** For tests and for programs that have nothing to tell. */
export const silent: Emit = () => {};
