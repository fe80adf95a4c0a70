// From which addresses the failing sessions came: one bad server of a sender, or a network on the path.

import {
  FAILURE_PARAMETERS,
  failureColumns,
  failureSums,
  hashOf,
  whereOnFirstPage,
} from "../failures.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { detailRows, SESSION_TOTALS } from "../sessions.ts";

const SUMS = [
  "failed_sessions",
  "failed_sessions_before",
  "organizations",
  "mx_hosts",
  "result_types",
  "active_days",
  "first_day",
  "last_day",
] as const;

const IPV4_FIRST = "toIPv6('::ffff:0.0.0.0')";
const IPV4_LAST = "toIPv6('::ffff:255.255.255.255')";

/** The network of `address`: what a hoster or a site has, /24 of IPv4 and /48 of IPv6. */
const NETWORK = `if(address BETWEEN ${IPV4_FIRST} AND ${IPV4_LAST},
  concat(substring(cutIPv6(address, 0, 1), 8), '/24'), concat(cutIPv6(address, 10, 0), '/48'))`;

/** Keys of a group: an address with the text beside it, or the first address of a network. */
function keys(query: PanelQuery): { address: string; shown: string } {
  if (query.parameters.group === "network") {
    const first = `if(sending_ip BETWEEN ${IPV4_FIRST} AND ${IPV4_LAST},
      IPv6CIDRToRange(sending_ip, 120).1, IPv6CIDRToRange(sending_ip, 48).1)`;
    return { address: first, shown: NETWORK };
  }
  return {
    address: "sending_ip",
    shown: `if(address BETWEEN ${IPV4_FIRST} AND ${IPV4_LAST},
      substring(toString(address), 8), toString(address))`,
  };
}

const ORDER = [{ column: "failed_sessions", descending: true }, { column: "sending_ip" }] as const;

export const failuresBySendingIp: Panel = {
  id: "failures-by-sending-ip",
  title: "Failures by sending address",
  description:
    "Failed sessions per IP address of the sending mail server, worst first, or per network where " +
    "they are grouped so. Failures that come from one network alone can be a fault, or an attack, on the " +
    "path from there. Many senders leave the address out: they share the row with an empty one.",
  parameters: [...FAILURE_PARAMETERS, "group"],
  columns: [
    {
      name: "sending_ip",
      type: "text",
      description:
        "IP address of the sending mail server, or its network; as sent where it is no address, " +
        "and empty where not said.",
    },
    {
      name: "network",
      type: "text",
      description: "Network of the address: /24 of IPv4, /48 of IPv6; empty where there is none.",
    },
    ...failureColumns(SUMS),
  ],
  order: ORDER,
  drawing: "table",
  addresses: "sending_ip",
  sql: (query) => {
    const { address, shown } = keys(query);
    const rows = detailRows(query);
    const group = hashOf(`${address}, sending_ip_text`);
    return `
    SELECT * EXCEPT (address, written),
      if(address = toIPv6('::'), written, ${shown}) AS sending_ip,
      if(address = toIPv6('::'), '', ${NETWORK}) AS network
    FROM (
      SELECT ${address} AS address, sending_ip_text AS written,
        ${failureSums(query, SUMS)}
      FROM ${rows}
      ${whereOnFirstPage({ order: ORDER }, query, group, rows)}
      GROUP BY address, written
    )`;
  },
  totals: SESSION_TOTALS,
};
