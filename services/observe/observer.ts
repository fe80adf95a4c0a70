// Joins log and metrics: one emit writes the line and moves the metric, as the table of events says.

import { type Emit, EVENTS } from "./events.ts";
import { createLog, type Log, type LogOptions } from "./log.ts";
import { createMetrics, type Metrics, type MetricsText } from "./metrics.ts";

export interface Observer {
  /** Never throws. Costs no string when the event's level is not logged. */
  emit: Emit;
  metricsText(): Promise<MetricsText>;
  /** See Metrics.gauge. */
  gauge: Metrics["gauge"];
  /** See Log.setLevel. */
  setLevel: Log["setLevel"];
  /** Writes what is left of the log. */
  flush(): void;
}

/** Makes the observer of this process; the options are those of the log. */
export function createObserver(options: LogOptions): Observer {
  const log = createLog(options);
  const metrics = createMetrics();
  return {
    emit(event, fields) {
      const { level, message } = EVENTS[event];
      metrics.move(event, fields);
      if (log.enabled(level)) log.write(level, event, message, fields);
    },
    metricsText: () => metrics.text(),
    gauge: metrics.gauge,
    setLevel: log.setLevel,
    flush: () => log.flush(),
  };
}
