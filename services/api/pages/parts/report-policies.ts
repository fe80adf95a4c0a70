// The policies of a report as its sender saw them, each with its sessions.

import { reportPolicies } from "../../../query/panels/report.ts";
import type { ReportRecord } from "../../report-record.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";
import { type Fact, factList, factsOf, textLines } from "./record-pieces.ts";
import { reportOf } from "./report-reading.ts";

const FACTS = ["domain", "policy_successful", "policy_failed", "mx_patterns"] as const;

/** Every policy of the report. */
export async function reportPolicyList(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  return cardOf({
    id: "policies",
    title: "Policies",
    about:
      "Each policy that the sender found, and its sessions. A session under two policy types is in both: " +
      "never add them up.",
    width: "half",
    body: [
      record.policies.length === 0
        ? html`<p class="quiet">None of your domains.</p>`
        : html`${record.policies.map((policy, place) => onePolicy(view, policy, place))}`,
    ],
  });
}

function onePolicy(
  view: View,
  { row, words }: ReportRecord["policies"][number],
  place: number,
): Html {
  const lines = String(row["policy_text"]).split("\n").filter(Boolean);
  const type = showText(row["policy_type"]) || "no type";
  const parsed = words.parsed_policy;
  const more: Fact[] = parsed === null ? [] : parsedFacts(parsed);
  const sent = showText(row["policy_domain"]);
  const domain =
    sent === "" || row["policy_domain"] === row["domain"]
      ? []
      : [{ name: "Domain as sent", value: sent, about: "An alias or an MX host of the domain." }];
  const faults = (parsed?.faults ?? []).map(
    (fault) => html`<li>${toneMark("notice", "▲", "Fault")} ${fault}</li>`,
  );
  return html`<article class="policy"><h3>${type}
      <small>${showPlural(row["policy_failed"], "failed session")}</small></h3>
    ${factList(`policy-${place}`, [...factsOf(view, row, reportPolicies.columns, FACTS), ...domain, ...more])}
    <p>${words.details_words}</p>
    ${faults.length > 0 ? html`<ul class="told">${faults}</ul>` : ""}
    ${
      lines.length === 0
        ? html`<p class="quiet">The sender told no policy text.</p>`
        : textLines(lines, `Text of policy ${place + 1}`)
    }</article>`;
}

function parsedFacts(
  parsed: NonNullable<ReportRecord["policies"][number]["words"]["parsed_policy"]>,
): Fact[] {
  const seconds = parsed.max_age;
  const age = seconds === null ? "" : showPlural(seconds, "second");
  return [
    { name: "Mode", value: showText(parsed.mode), about: "enforce, testing or none (RFC 8461)." },
    { name: "Max age", value: age, about: "How long senders may keep the policy." },
  ];
}
