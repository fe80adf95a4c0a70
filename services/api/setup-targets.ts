// Where reports about a domain are to go: the addresses of the configuration, or examples that say what is
// still to be configured.

import { isIP } from "node:net";
import type { ApiOptions } from "./options.ts";
import type { SetupDomain } from "./setup-domains.ts";

export const OUR_DOMAIN_EXAMPLE = "example.com";
const ADDRESS_EXAMPLE = "tlsrpt@reports.example";
const URL_EXAMPLE = "https://reports.example/v1/tlsrpt";
/** Stands for the key, which is kept as a digest alone. */
const KEY_PLACE = "KEY";

/** One way for reports to come. */
export interface Target {
  way: "mail" | "https";
  /** Mail address or https URL. */
  target: string;
  /** What is to be known of it before it is published; "" when it can be published as it is. */
  note: string;
}

type Known = Pick<ApiOptions, "reportUrl" | "reportAddress">;

/** By mail first: that is what most senders do best. */
export function targetsOf(
  { reportUrl, reportAddress }: Known,
  domain: SetupDomain | null,
): Target[] {
  return [mailTarget(reportAddress, domain), httpsTarget(reportUrl, domain)];
}

function mailTarget(reportAddress: string | null, domain: SetupDomain | null): Target {
  const own = domain?.addresses[0];
  const target = own ?? reportAddress;
  if (target !== null && target !== undefined) return { way: "mail", target, note: "" };
  const note =
    "An example: this instance does not know its mail address yet. Set public.report_address, or " +
    "addresses for the domain.";
  return { way: "mail", target: ADDRESS_EXAMPLE, note };
}

/** The host of a URL where it has a name, as records of DNS and certificates need one; else null. */
export function hostNameOf(url: string | null): string | null {
  const host = url === null ? "" : new URL(url).hostname;
  return host === "" || isIP(host.replace(/^\[|\]$/g, "")) !== 0 ? null : host;
}

function httpsTarget(reportUrl: string | null, domain: SetupDomain | null): Target {
  const known = (reportUrl?.startsWith("https://") ?? false) && hostNameOf(reportUrl) !== null;
  const base = known && reportUrl !== null ? reportUrl : URL_EXAMPLE;
  const target = domain?.hasKey ? `${base}/${KEY_PLACE}` : base;
  const notes = [
    known
      ? ""
      : "An example: this instance does not know a web address with https and a name yet, which senders " +
        "need. Set public.url.",
    domain?.hasKey
      ? `Put the key of this domain in place of ${KEY_PLACE}: it is the one in the file of domains, and ` +
        "only its digest is kept here."
      : "",
  ];
  return { way: "https", target, note: notes.filter((note) => note !== "").join(" ") };
}
