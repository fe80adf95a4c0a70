// Numbers of this process that are read when the metrics are.

import type { Observer } from "../observe/observer.ts";
import type { Certificate } from "../receive/certificates.ts";
import type { OpenSpoolWriter } from "../spool/spool-writer.ts";
import type { Draining } from "./draining.ts";

/** Registers the gauges of the parts that this process has. */
export function registerGauges(
  observer: Observer,
  spool: OpenSpoolWriter,
  draining: Draining | null,
  certificate: Certificate | null,
): void {
  observer.gauge(
    "sealwatch_spool_bytes",
    "Bytes that wait in the spool",
    () => spool.state().bytes,
  );
  if (certificate !== null) {
    observer.gauge(
      "sealwatch_certificate_expiry_seconds",
      "End of validity of the certificate in use, in seconds since 1970",
      () => certificate.state().notAfterMs / 1000,
    );
  }
  if (draining === null) return;
  observer.gauge(
    "sealwatch_spool_oldest_seconds",
    "Age of the oldest segment that waits in the spool",
    () => {
      const oldest = draining.spool.oldestMs();
      return oldest === null ? 0 : (Date.now() - oldest) / 1000;
    },
  );
}
