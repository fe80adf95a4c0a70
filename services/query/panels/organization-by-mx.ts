// Which sender fails at which MX host: one sender at all hosts is its own fault, all senders at one host
// ours.

import { FOLDED_ORGANIZATION, ORGANIZATION_SPELLING } from "../filters.ts";
import { matrixPanel } from "../matrix.ts";

export const organizationByMx = matrixPanel({
  id: "organization-by-mx",
  title: "Sending organizations by MX host",
  description:
    "Failed sessions where a sending organization and a receiving MX host meet, by failure " +
    "details; cells without any are left out. One sender that fails at every host points to the " +
    "sender, every sender at one host to that host.",
  rows: {
    column: {
      name: "organization",
      type: "text",
      description: "organization-name as last sent; upper and lower case make no difference.",
    },
    key: FOLDED_ORGANIZATION,
    shown: ORGANIZATION_SPELLING,
  },
  columns: {
    column: { name: "mx", type: "text", description: "Receiving MX host; empty where not said." },
    key: "mx",
  },
});
