// The timeline of a domain in a zone whose days begin before those of reports.

import { expect, test } from "vitest";
import { domainTimelinePart } from "../../../../services/api/pages/parts/domain-timeline.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

test.each(["UTC", "Europe/Berlin", "America/New_York"])(
  "in %s what fails from the range's first day on is no change",
  async (timezone) => {
    const page = { path: "/domains/:domain", controls: ["from", "to", "timezone", "mx"] } as const;
    const query = `from=2026-03-02&to=2026-03-12&timezone=${timezone}&mx=mx2.example.com`;
    const view = await viewAt(`/domains/example.com?${query}`, { page });
    // Of days by which reports are kept, this is the first one that begins in the range.
    const first = timezone === "America/New_York" ? "2026-03-03" : "2026-03-02";
    const failures = [
      { mx: "mx1.example.com", first_day: first },
      { mx: "mx2.example.com", first_day: "2026-03-05" },
    ];
    const asked: unknown[] = [];
    const made = await domainTimelinePart({
      ...view,
      run: (panel, more) => {
        if (panel.id !== "failures-by-mx") return Promise.resolve(answerOf([], { step: "day" }));
        asked.push(more?.["mx"]);
        return Promise.resolve(answerOf(failures));
      },
    });
    expect(asked).toEqual([[]]);
    const marks = String(made).match(/First failure at \S+/g) ?? [];
    expect([...new Set(marks)]).toEqual(["First failure at mx2.example.com"]);
  },
);
