// A view that asks for more than the address of its page does, so that a part can show a panel as a section
// like any other.

import type { Given, View } from "./view.ts";

/** The same page with these parameters for all that it asks; an empty list takes one away. */
export function narrowed(view: View, more: Given): View {
  const given = Object.entries({ ...view.given, ...more }).filter(
    ([, values]) => values.length > 0,
  );
  return {
    ...view,
    given: Object.fromEntries(given),
    run: (panel, own = {}) => view.run(panel, { ...more, ...own }),
    asked: (panel, own = {}) => view.asked(panel, { ...more, ...own }),
    dataAddress: (panel, own = {}, format) => view.dataAddress(panel, { ...more, ...own }, format),
  };
}

/** The same without sums of all: those of panels of failures are of whole reports, not of the rows. */
export function withoutTotals(view: View): View {
  return {
    ...view,
    run: async (panel, own) => {
      const { rows, meta } = await view.run(panel, own);
      return { rows, meta: { ...meta, totals: {} } };
    },
  };
}
