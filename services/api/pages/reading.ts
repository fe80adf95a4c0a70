// One file explained on a page: the verdict first, then who says it, what failed and what to do, the
// policies, and what is odd about the report. The same words as `sealwatch report` has; all outside text.

import { randomUUID } from "node:crypto";
import { ACTORS } from "../../core/explain/explanation.ts";
import type {
  CutList,
  CutReport,
  FileReading,
  ReadDeviation,
  ReadPolicy,
  ReadProblem,
  UnusableFile,
} from "../../core/explain/reading.ts";
import { timeOf, toneMark } from "./cells.ts";
import { showCount, showPlural, showText } from "./format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";
import { stepList } from "./steps.ts";

/** Everything of one file. @param name as it was handed in */
export function fileReading(name: string, { readings, unread, more }: FileReading): Html {
  const none = readings.length === 0 && unread.length === 0;
  return html`${readings.map((one) => (one.usable ? reportCard(one) : unusableCard(one)))}
    ${unread.map(({ place, why }) => troubleCard(place, why))}
    ${none ? troubleCard(name, "holds nothing to explain") : NOTHING}
    ${
      more
        ? html`<p class="notice">${showText(name)} holds more reports than are explained at once:
      <code>sealwatch report</code> explains them all.</p>`
        : NOTHING
    }`;
}

function troubleCard(place: string, why: string): Html {
  return html`<article class="card reading"><h3>${toneMark("failed", "✗", "Not read")}</h3>
    <p>${showText(place)} ${showText(why)}.</p></article>`;
}

function unusableCard(file: UnusableFile): Html {
  const place = file.place === "" ? NOTHING : html` (at ${showText(file.place)})`;
  return html`<article class="card reading"><h3>${toneMark("failed", "✗", "No use")}
    ${showText(file.verdict)}.</h3><p class="quiet">${showText(file.file)}</p>
    <p><code>${file.reason}</code>: ${showText(file.message)}${place}</p><p>${file.advice}</p>
    ${deviationList(file.deviations)}</article>`;
}

function reportCard(report: CutReport): Html {
  const { left_out: left } = report;
  const who = report.organization || report.submitter || "An unnamed sender";
  const contact = report.contact_info === "" ? "" : `, contact ${report.contact_info}`;
  const id = report.report_id === "" ? "without a report-id" : `report ${report.report_id}`;
  const notes = report.details_agree
    ? ["Totals and details agree.", ...report.notes]
    : report.notes;
  return html`<article class="card reading"><h3>${verdictMark(report)} ${showText(report.verdict)}.</h3>
    <p><strong>${showText(who)}</strong>${showText(contact)}<br>
    ${timeOf(report.start_at)} to ${timeOf(report.end_at)}, ${showText(id)}<br>
    about ${showText(report.domains.filter(Boolean)) || "no domain"}</p>
    <p class="quiet">${showText(report.file)}, read as ${showText(report.media)}</p>
    ${report.problems.map(problemPiece)}${moreOf(left, "problems", "problem")}
    ${policyTable(report.policies)}${moreOf(left, "policies", "policy")}
    ${notes.map((note) => html`<p>${showText(note)}</p>`)}${moreOf(left, "notes", "note")}
    ${deviationList(report.deviations)}${moreOf(left, "deviations", "deviation")}</article>`;
}

function verdictMark({ failed_sessions: failed, successful_sessions: ok }: CutReport): Html {
  if (failed > 0) return toneMark("failed", "✗", "Failures");
  return ok > 0 ? toneMark("ok", "✓", "Good") : toneMark("notice", "…", "Nothing");
}

function moreOf(left: CutReport["left_out"], list: CutList, noun: string): MaybeHtml {
  if (left[list] === 0) return NOTHING;
  return html`<p class="quiet">and ${showPlural(left[list], `more ${noun}`)}: <code>sealwatch report --wide</code>
    has all.</p>`;
}

function problemPiece(problem: ReadProblem): Html {
  // Pieces of many files come to stand on one page, so an id that is made here alone must be of this one.
  const id = `problem-${randomUUID()}`;
  const at = problem.mx === "" ? "" : ` at ${problem.mx}`;
  const about = [problem.result_type, problem.policy_type, problem.policy_mode, problem.domain];
  const fact = (words: string, texts: readonly string[]) =>
    texts.length === 0 ? NOTHING : html`<li>${words} ${showText([...texts])}</li>`;
  return html`<section class="reading-problem"><h4>${showText(problem.title)}${showText(at)}</h4>
    <ul class="reading-facts"><li>${showPlural(problem.failed_sessions, "failed session")}:
      ${showText(about.filter((text) => text !== ""))}</li>
    ${fact("the sender says:", problem.said)}${fact("from", problem.sending_ips)}
    ${fact("to", problem.receiving_ips)}</ul>
    <p>${showText(problem.meaning)}</p><p>To be mended by ${ACTORS[problem.actor]}.</p>
    ${steps("What to do", problem.fix, `${id}-fix`)}
    <details><summary>Likely causes, and how to see that it is mended</summary>
    ${steps("Likely causes", problem.causes, `${id}-causes`)}${steps("Then", problem.verify, `${id}-verify`)}
    <p class="quiet">${problem.reference}</p></details></section>`;
}

function steps(title: string, texts: readonly string[], id: string): MaybeHtml {
  const list = stepList([...texts], id);
  return list === NOTHING ? NOTHING : html`<h5>${title}</h5>${list}`;
}

function policyTable(policies: readonly ReadPolicy[]): MaybeHtml {
  if (policies.length === 0) return NOTHING;
  const rows = policies.map(
    (
      one,
    ) => html`<tr><td>${showText(one.policy_type)}</td><td>${showText(one.policy_mode) || "–"}</td>
      <td>${showText(one.policy_domain) || "–"}</td><td>${showText(one.mx_patterns) || "–"}</td>
      <td class="number">${showCount(one.successful_sessions)}</td>
      <td class="number">${showCount(one.failed_sessions)}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Policies"><table>
    <caption>Policies as the sender saw them</caption><thead><tr><th scope="col">Policy</th>
    <th scope="col">Mode</th><th scope="col">Domain</th><th scope="col">MX</th>
    <th scope="col" class="number">Successful</th><th scope="col" class="number">Failed</th></tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

/** One entry for each kind, with the first place that has it. */
function deviationList(deviations: readonly ReadDeviation[]): MaybeHtml {
  if (deviations.length === 0) return NOTHING;
  const codes = [...new Set(deviations.map(({ code }) => code))];
  const items = codes.map((code) => {
    const [first, ...others] = deviations.filter((one) => one.code === code);
    const more = others.length === 0 ? "" : `; and ${others.length} more`;
    return html`<li><strong>${showText(first?.title)}.</strong> ${showText(first?.meaning)}<br>
      <small>${showText(first?.place) || "the whole"}:
      <code>${showText(first?.value) || "nothing"}</code>${more}</small></li>`;
  });
  return html`<details><summary>${showPlural(deviations.length, "deviation")} from RFC 8460, repaired or
    tolerated</summary><ul>${items}</ul></details>`;
}
