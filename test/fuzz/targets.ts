// All targets of the fuzzing, in the order in which they run.

import { apiTarget } from "./api.ts";
import { httpTarget } from "./http.ts";
import { mailTarget } from "./mail.ts";
import { gzipTarget, zipTarget } from "./packed.ts";
import { queryTarget } from "./query.ts";
import { recordTarget } from "./record.ts";
import { reportTarget } from "./report.ts";
import { segmentTarget } from "./segment.ts";
import { smtpTarget } from "./smtp.ts";
import type { AnyTarget } from "./target.ts";

export const TARGETS: readonly AnyTarget[] = [
  reportTarget,
  mailTarget,
  gzipTarget,
  zipTarget,
  recordTarget,
  queryTarget,
  segmentTarget,
  smtpTarget,
  httpTarget,
  apiTarget,
];
