// Prometheus metrics: what the table of events declares, what other parts offer to be read, and Node's
// own of this process. Label values are bounded, so that no sender can fill the memory.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { BOUNDS } from "../core/bounds.ts";
import { EVENTS, type EventFields, type EventKind, type EventMetric } from "./events.ts";

export interface MetricsText {
  contentType: string;
  text: string;
}

export interface Metrics {
  /** Moves the metrics of one event. */
  move(event: string, fields: EventFields | undefined): void;
  /**
   * Adds a gauge whose value is read when the metrics are.
   * @param name must not be taken yet
   */
  gauge(name: string, help: string, read: () => number): void;
  /** Everything in the exposition format of Prometheus. */
  text(): Promise<MetricsText>;
}

/** A part that cannot tell its value must not take all other metrics with it. */
function readSafely(read: () => number): number {
  try {
    return read();
  } catch {
    return Number.NaN;
  }
}

type Move = (fields: EventFields) => void;
const NO_FIELDS: EventFields = {};

/** Builds the metrics of all events. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const moves = new Map<string, Move[]>();
  const made = new Map<string, Move>();
  const kinds: Record<string, EventKind> = EVENTS;
  for (const [event, kind] of Object.entries(kinds)) {
    for (const metric of kind.metrics ?? []) {
      // Two events may move one metric: it is made once.
      const move = made.get(metric.name) ?? makeMove(registry, metric);
      made.set(metric.name, move);
      moves.set(event, [...(moves.get(event) ?? []), move]);
    }
  }
  return {
    move(event, fields = NO_FIELDS) {
      const ofEvent = moves.get(event);
      if (ofEvent !== undefined) for (const move of ofEvent) move(fields);
    },
    gauge(name, help, read) {
      const collect = function (this: Gauge) {
        this.set(readSafely(read));
      };
      new Gauge({ name, help, registers: [registry], collect });
    },
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function makeMove(registry: Registry, metric: EventMetric): Move {
  const { name, help } = metric;
  const labelNames = [...(metric.labels ?? [])];
  const label = boundedLabels(labelNames);
  const own = { name, help, labelNames, registers: [registry] };
  const amount = (fields: EventFields) => readAmount(metric, fields);
  if (metric.kind === "gauge") {
    const gauge = new Gauge(own);
    return (fields) => gauge.set(label(fields), amount(fields));
  }
  if (metric.kind === "histogram") {
    const { buckets } = metric;
    const histogram = new Histogram({ ...own, ...(buckets && { buckets: [...buckets] }) });
    return (fields) => histogram.observe(label(fields), amount(fields));
  }
  const counter = new Counter(own);
  return (fields) => counter.inc(label(fields), amount(fields));
}

/** A counter without a value field moves by one; what is not a usable number moves nothing. */
function readAmount(metric: EventMetric, fields: EventFields): number {
  if (metric.value === undefined) return 1;
  const value = fields[metric.value];
  if (typeof value !== "number" || !Number.isFinite(value)) return 0;
  return metric.kind === "counter" ? Math.max(0, value) : value;
}

/** Takes label values out of fields: the first hundred different ones of each label, then "other". */
function boundedLabels(names: readonly string[]): (fields: EventFields) => Record<string, string> {
  const seen = names.map((name) => ({ name, values: new Set<string>() }));
  return (fields) => {
    const labels: Record<string, string> = {};
    for (const { name, values } of seen) {
      const value = String(fields[name] ?? "").slice(0, BOUNDS.metricLabelCharsMax);
      if (!values.has(value) && values.size < BOUNDS.metricLabelValuesMax) values.add(value);
      labels[name] = values.has(value) ? value : "other";
    }
    return labels;
  };
}
