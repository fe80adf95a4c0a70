// Which MX host fails in which way: a fault of one host is a row, one of the domain a column.

import { matrixPanel } from "../matrix.ts";

export const mxByResultType = matrixPanel({
  id: "mx-by-result-type",
  title: "MX hosts by result type",
  description:
    "Failed sessions where a receiving MX host and a result type meet, by failure details; cells " +
    "without any are left out. One host that fails is a fault of the host; one result type on all " +
    "of them is one of the policy, the DNS or the network.",
  rows: {
    column: { name: "mx", type: "text", description: "Receiving MX host; empty where not said." },
    key: "mx",
  },
  columns: {
    column: {
      name: "result_type",
      type: "text",
      description: "Result type as sent, in lower case.",
    },
    key: "result_type",
  },
});
