// What the SMTP receiver is given by the program; nothing of it is found by the receiver itself.

import type { Emit } from "../observe/events.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Edge } from "./edge.ts";
import type { InFlight } from "./in-flight.ts";
import type { Recipients } from "./recipients.ts";
import type { TlsPair } from "./running.ts";

export interface SmtpOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Name in the greeting; the name of this machine by default. */
  hostname?: string;
  /** STARTTLS is offered with a certificate only, and never required (RFC 8460 section 5.3.1). */
  tls: TlsPair | null;
  /** See acceptRecipients; empty takes every recipient. */
  recipients: Recipients;
  messageBytesMax: number;
  connectionsMax: number;
  spool: SpoolWriter;
  /** Proxies and limits; none of both by default. */
  edge?: Edge;
  emit: Emit;
  /** The one of the process by default. */
  inFlight?: InFlight;
  /** Name of the listening option for error messages. */
  option?: string;
  idleMsMax?: number;
  connectionMsMax?: number;
  stopMsMax?: number;
}
