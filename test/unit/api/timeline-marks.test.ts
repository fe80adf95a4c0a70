// What the timeline of a domain marks on which day, and the steps that lists of words become.

import { describe, expect, it } from "vitest";
import { stepList } from "../../../services/api/pages/steps.ts";
import { timelineMarks } from "../../../services/api/pages/timeline-marks.ts";

const NONE = { policies: [], failures: [], problems: [], organizations: [], sessions: 100 };
const FROM = "2026-03-01";
const DAYS = { from: FROM, firstRead: "2026-02-12" };

function policy(first_day: string, more = {}) {
  const rest = { tenant: "default", policy_type: "sts", policy_text: "text", mode: "testing" };
  return { ...rest, first_day, mx_patterns: ["mx1.example.com"], ...more };
}

function problem(more = {}) {
  const rest = { first_seen: "2026-03-05T00:00:00Z", last_day: "2026-03-09", state: "ongoing" };
  return {
    ...rest,
    title: "Certificate expired",
    mx: "mx1.example.com",
    severity: "high",
    ...more,
  };
}

describe("marks", () => {
  it("a policy that came up, by what it says otherwise", () => {
    const mode = policy("2026-03-10", { mode: "enforce" });
    const hosts = policy("2026-03-12", { mode: "enforce", mx_patterns: ["mx2.example.com"] });
    const policies = [hosts, mode, policy(FROM)];
    expect(timelineMarks({ ...NONE, policies }, DAYS)).toEqual([
      {
        at: "2026-03-10",
        kind: "policy",
        title: "MTA-STS policy changed: mode testing became enforce",
      },
      {
        at: "2026-03-12",
        kind: "policy",
        title: "MTA-STS policy changed: mx2.example.com added; mx1.example.com left out",
      },
    ]);
  });

  it("what is no policy, of the first day, or of another type or tenant is no change", () => {
    const unlike = [
      policy("2026-03-10", { policy_text: "" }),
      policy(FROM, { mode: "enforce" }),
      policy("2026-03-11", { policy_type: "tlsa" }),
      policy("2026-03-12", { tenant: "other" }),
    ];
    expect(timelineMarks({ ...NONE, policies: unlike }, DAYS)).toEqual([]);
  });

  it("a policy is first seen where an earlier report tells of none, not where none came before", () => {
    const none = { policy_type: "no-policy-found", policy_text: "" };
    const policies = [policy("2026-03-10", none), policy("2026-03-12")];
    expect(timelineMarks({ ...NONE, policies }, DAYS)).toEqual([
      { at: "2026-03-12", kind: "policy", title: "MTA-STS policy first seen" },
    ]);
    const unread = [policy("2026-03-10", { policy_text: "" }), policy("2026-03-12")];
    expect(timelineMarks({ ...NONE, policies: unread }, DAYS)).toHaveLength(1);
    const alone = [policy("2026-03-12"), policy("2026-03-12", { mode: "enforce" })];
    expect(timelineMarks({ ...NONE, policies: alone }, DAYS)).toEqual([]);
  });

  it("TLSA records of two hosts stand side by side: the later ones are no change", () => {
    const tlsa = { policy_type: "tlsa", mode: "" };
    const policies = [policy("2026-03-02", tlsa), policy("2026-03-12", tlsa)];
    expect(timelineMarks({ ...NONE, policies }, DAYS)).toEqual([]);
  });

  it("the first failure at each MX host, once", () => {
    const failures = [
      { mx: "mx1.example.com", first_day: "2026-03-09" },
      { mx: "mx1.example.com", first_day: "2026-03-07" },
      { mx: "mx2.example.com", first_day: FROM },
      { mx: "", first_day: "2026-03-08" },
      { mx: "mx3.example.com", first_day: null },
    ];
    expect(timelineMarks({ ...NONE, failures }, DAYS)).toEqual([
      { at: "2026-03-07", kind: "mx", title: "First failure at mx1.example.com in this range" },
    ]);
  });

  it("a problem that began in the range, and one that ended", () => {
    const over = problem({ state: "resolved", first_seen: "2026-02-01T00:00:00Z", mx: "" });
    expect(timelineMarks({ ...NONE, problems: [over, problem()] }, DAYS)).toEqual([
      {
        at: "2026-03-05",
        kind: "problem",
        title: "Began: Certificate expired at mx1.example.com (high)",
      },
      { at: "2026-03-09", kind: "problem", title: "Last seen: Certificate expired, now resolved" },
    ]);
  });

  it("a problem of the first day that was read is not known to begin there", () => {
    const first = problem({ first_seen: `${FROM}T00:00:00Z` });
    const marks = (firstRead: string) =>
      timelineMarks({ ...NONE, problems: [first] }, { from: FROM, firstRead });
    expect(marks(FROM)).toEqual([]);
    expect(marks("2026-02-12")).toHaveLength(1);
  });

  it("the last day of MTA-STS where reports went on for a week without it", () => {
    const none = { policy_type: "no-policy-found", policy_text: "" };
    const unread = policy(FROM, { policy_text: "", last_day: "2026-03-09" });
    const gone = (last_day: string) => {
      const others = [policy("2026-03-02", { ...none, last_day }), unread];
      const policies = [policy(FROM, { last_day: "2026-03-08" }), ...others];
      return timelineMarks({ ...NONE, policies }, DAYS).map(({ at, title }) => [at, title]);
    };
    expect(gone("2026-03-15")).toEqual([]);
    expect(gone("2026-03-16")).toEqual([
      ["2026-03-09", "MTA-STS policy last seen: reports until 2026-03-16 tell of none"],
    ]);
  });

  it("the last report of a large sender that is silent", () => {
    const sender = (organization: string, total_sessions: number, status = "silent") => {
      return { organization, total_sessions, status, last_day: "2026-03-08" };
    };
    const organizations = [sender("Alpha", 60), sender("Beta", 30, "quiet"), sender("Gamma", 10)];
    const before = { ...sender("Delta", 40), last_day: "2026-02-20" };
    const rows = { ...NONE, organizations: [...organizations, before] };
    expect(timelineMarks(rows, DAYS)).toEqual([
      {
        at: "2026-03-08",
        kind: "problem",
        title: "Last report of Alpha, silent since (60.00 % of all sessions)",
      },
    ]);
  });

  it("a quiet problem in other words than one that goes on", () => {
    const problems = [problem({ state: "quiet" })];
    expect(timelineMarks({ ...NONE, problems }, DAYS).map(({ title }) => title)).toEqual([
      "Began: Certificate expired at mx1.example.com (high, now quiet)",
      "Last seen: Certificate expired at mx1.example.com, now quiet",
    ]);
  });

  it("is bounded", () => {
    const problems = Array.from({ length: 500 }, () => problem());
    const failures = problems.map((_, i) => ({ mx: `mx${i}.example`, first_day: "2026-03-09" }));
    expect(timelineMarks({ ...NONE, problems, failures }, DAYS)).toHaveLength(40);
  });
});

describe("steps", () => {
  const text = async (...steps: string[]) => String(await stepList(steps, "fix"));

  it("a command, and lines to publish, stand by themselves", async () => {
    expect(await text("Ask it: $ dig MX example.com")).toMatch(
      /Ask it: .*<pre tabindex="0" id="fix-1">dig MX example.com<\/pre>/s,
    );
    expect(await text("See `problems`.", "Serve this:\nmode: testing\nmx: a.example")).toMatch(
      /See <code>problems<\/code>.*<pre tabindex="0" id="fix-2">mode: testing\nmx: a.example<\/pre>/s,
    );
  });

  it("names in them stay text", async () => {
    const told = await text("$ dig MX <script>alert(1)</script>\u202e");
    expect(told).not.toContain("<script>");
    expect(told).toContain("&lt;script&gt;");
    expect(told).not.toContain("\u202e");
  });

  it("none make nothing", () => expect(stepList([], "fix")).toBe(""));
});
