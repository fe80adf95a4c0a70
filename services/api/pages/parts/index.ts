// The table of parts: pieces that are written for a page. A definition names them.

import type { Part } from "../section.ts";
import { domainProblemsPart } from "./domain-problems.ts";
import { domainReadinessPart } from "./domain-readiness.ts";
import { domainTimelinePart } from "./domain-timeline.ts";
import { domainUnknownPart } from "./domain-unknown.ts";
import { domainVerdictPart } from "./domain-verdict.ts";
import { explain } from "./explain.ts";
import { ingestState } from "./ingest-state.ts";
import { ingestReasons, ingestSum } from "./ingest-sum.ts";
import { messageAgain } from "./message-again.ts";
import { messageEvidence, messageRaw } from "./message-evidence.ts";
import { messageReasons, messageUnknown } from "./message-head.ts";
import { messageKinds } from "./message-kinds.ts";
import { messageProgress } from "./message-progress.ts";
import { organizationDays } from "./organization-days.ts";
import { organizationSilence, organizationSilent } from "./organization-status.ts";
import { overviewDomains } from "./overview-domains.ts";
import { overviewIngest, overviewTrust } from "./overview-trust.ts";
import { overviewVerdict } from "./overview-verdict.ts";
import { panelAsk, panelIndexPart } from "./panel-ask.ts";
import { policyTexts } from "./policy-texts.ts";
import { problemEvidencePart } from "./problem-evidence.ts";
import { problemHeadPart } from "./problem-head.ts";
import { problemCountsPart, problemListPart } from "./problem-overview.ts";
import { problemReportsPart } from "./problem-reports.ts";
import { problemSendersPart, problemTimelinePart } from "./problem-sessions.ts";
import { problemStepsPart } from "./problem-steps.ts";
import { problemUnknownPart } from "./problem-unknown.ts";
import { reportCopies } from "./report-copies.ts";
import { reportDetailTable } from "./report-details.ts";
import { reportDeviations, reportEvidence } from "./report-evidence.ts";
import { reportSummary, reportUnknown } from "./report-head.ts";
import { reportPolicyList } from "./report-policies.ts";
import { reportRaw } from "./report-raw.ts";
import { setupDomains } from "./setup-domains.ts";
import { setupReceive, setupState, setupTry } from "./setup-receive.ts";
import { welcome } from "./welcome.ts";

export const PARTS: Readonly<Record<string, Part>> = {
  "ingest-reasons": ingestReasons,
  "ingest-state": ingestState,
  "ingest-sum": ingestSum,
  "message-again": messageAgain,
  "message-evidence": messageEvidence,
  "message-kinds": messageKinds,
  "message-progress": messageProgress,
  "message-raw": messageRaw,
  "message-reasons": messageReasons,
  "message-unknown": messageUnknown,
  "organization-days": organizationDays,
  "organization-silence": organizationSilence,
  "organization-silent": organizationSilent,
  "policy-texts": policyTexts,
  "report-copies": reportCopies,
  "report-details": reportDetailTable,
  "report-deviations": reportDeviations,
  "report-evidence": reportEvidence,
  "report-policies": reportPolicyList,
  "report-raw": reportRaw,
  "report-summary": reportSummary,
  "report-unknown": reportUnknown,
  "overview-verdict": overviewVerdict,
  "overview-domains": overviewDomains,
  "overview-trust": overviewTrust,
  "overview-ingest": overviewIngest,
  "panel-ask": panelAsk,
  "panel-index": panelIndexPart,
  "domain-problems": domainProblemsPart,
  "domain-readiness": domainReadinessPart,
  "domain-timeline": domainTimelinePart,
  "domain-unknown": domainUnknownPart,
  "domain-verdict": domainVerdictPart,
  "problem-counts": problemCountsPart,
  "problem-evidence": problemEvidencePart,
  "problem-head": problemHeadPart,
  "problem-list": problemListPart,
  "problem-reports": problemReportsPart,
  "problem-senders": problemSendersPart,
  "problem-steps": problemStepsPart,
  "problem-timeline": problemTimelinePart,
  "problem-unknown": problemUnknownPart,
  explain,
  "setup-domains": setupDomains,
  "setup-receive": setupReceive,
  "setup-state": setupState,
  "setup-try": setupTry,
  welcome,
};
