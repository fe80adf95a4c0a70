// What an event is made of; the tables of events are events-*.ts.

/** A Prometheus metric that an event moves; label values are taken from the fields of that name. */
export interface EventMetric {
  kind: "counter" | "histogram" | "gauge";
  name: string;
  help: string;
  labels?: readonly string[];
  /** Field that holds the amount; a counter without one moves by 1. */
  value?: string;
  buckets?: readonly number[];
}

export interface EventKind {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  metrics?: readonly EventMetric[];
}

/** Buckets of times, in seconds. */
export const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60] as const;
