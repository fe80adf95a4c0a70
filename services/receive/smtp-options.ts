// What the SMTP receiver is given by the program, and what of it smtp-server is told.

import { hostname } from "node:os";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Edge } from "./edge.ts";
import type { InFlight } from "./in-flight.ts";
import type { Recipients } from "./recipients.ts";
import { TLS_OPTIONS, type TlsPair } from "./running.ts";

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

/** Commands of no use here: credentials, trusted proxies, and the library's sendmail jokes. */
const DISABLED = ["AUTH", "XCLIENT", "XFORWARD", "WIZ", "SHELL", "KILL"];

/** The protocol as smtp-server is to speak it. */
export function protocolOptions(options: SmtpOptions) {
  return {
    name: options.hostname ?? hostname(),
    ...TLS_OPTIONS,
    ...(options.tls ?? {}),
    banner: "Sealwatch",
    heloResponse: "%s",
    logger: false,
    disableReverseLookup: true,
    disabledCommands: options.tls === null ? [...DISABLED, "STARTTLS"] : DISABLED,
    hideENHANCEDSTATUSCODES: false,
    // A sender whose address is not quite right still has a report for us.
    lenientAddressParsing: true,
    maxRecipients: BOUNDS.smtpRecipientsMax,
    size: options.messageBytesMax,
    socketTimeout: options.idleMsMax ?? BOUNDS.smtpIdleMsMax,
    closeTimeout: options.stopMsMax ?? BOUNDS.stopMsMax,
  };
}
