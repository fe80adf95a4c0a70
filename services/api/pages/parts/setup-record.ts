// The record that a domain needs, ready to be copied: by mail and by HTTPS, as a line of a zone file and
// as the fields of a provider's form.

import type { ApiOptions } from "../../options.ts";
import type { SetupDomain } from "../../setup-domains.ts";
import { type DnsRecord, reportRecord, zoneLine } from "../../setup-records.ts";
import { type Target, targetsOf } from "../../setup-targets.ts";
import { copyable, copyButton } from "../copyable.ts";
import { type Html, html, NOTHING } from "../html.ts";

const WAYS: Record<Target["way"], { title: string; about: string }> = {
  mail: {
    title: "By mail",
    about: "Every sender that reports can do this. Mail for the address has to arrive here.",
  },
  https: {
    title: "By HTTPS",
    about: "No mail server is needed, and reports come within seconds. Not every sender does it.",
  },
};

/**
 * Both ways of one domain.
 * @param name in normal form
 * @param id by which its pieces are told apart on the page
 */
export function recordsOf(
  options: ApiOptions,
  name: string,
  domain: SetupDomain | null,
  id: string,
): Html {
  const ways = targetsOf(options, domain).map((target) => {
    const record = reportRecord(name, target.target);
    return record === null ? tooLong(target) : wayOf(target, record, `${id}-${target.way}`);
  });
  return html`<div class="ways">${ways}</div>`;
}

function tooLong({ way }: Target): Html {
  return html`<section class="way"><h4>${WAYS[way].title}</h4>
    <p class="notice">No record can be published: with <code>_smtp._tls.</code> before it the name is
      longer than DNS allows, or the target is none.</p></section>`;
}

function wayOf({ way, note }: Target, record: DnsRecord, id: string): Html {
  const { title, about } = WAYS[way];
  return html`<section class="way"><h4>${title}</h4><p class="about">${about}</p>
    ${note === "" ? NOTHING : html`<p class="notice">${note}</p>`}
    ${copyable(`${id}-zone`, "In a zone file", zoneLine(record))}
    ${fields(record, id)}</section>`;
}

/** The same for the form of a provider. */
export function fields({ name, type, value, ttlSeconds }: DnsRecord, id: string): Html {
  return html`<table class="fields"><caption>In the form of a DNS provider</caption><tbody>
    ${field("Name", name, `${id}-name`)}
    <tr><th scope="row">Type</th><td><code>${type}</code></td><td></td></tr>
    ${field("Value", value, `${id}-value`)}
    <tr><th scope="row">TTL</th><td><code>${ttlSeconds}</code></td><td></td></tr></tbody></table>`;
}

function field(label: string, text: string, id: string): Html {
  return html`<tr><th scope="row">${label}</th><td><code id="${id}">${text}</code></td>
    <td>${copyButton(id)}</td></tr>`;
}
