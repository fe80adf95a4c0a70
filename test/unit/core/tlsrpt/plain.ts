// A report in which nothing deviates, for tests to change one thing about.

export interface PlainReport {
  [member: string]: unknown;
}

/** One policy with two failures that add up. */
export function plainPolicy(): PlainReport {
  return {
    policy: {
      "policy-type": "sts",
      "policy-string": ["version: STSv1", "mode: enforce", "mx: *.example.com", "max_age: 86400"],
      "policy-domain": "example.com",
      "mx-host": ["*.example.com"],
    },
    summary: { "total-successful-session-count": 10, "total-failure-session-count": 3 },
    "failure-details": [
      plainDetail("certificate-expired", 2),
      plainDetail("validation-failure", 1),
    ],
  };
}

export function plainDetail(type: string, failed: number): PlainReport {
  return {
    "result-type": type,
    "sending-mta-ip": "192.0.2.1",
    "receiving-mx-hostname": "mx1.example.com",
    "receiving-mx-helo": "mx1.example.com",
    "receiving-ip": "2001:db8::1",
    "failed-session-count": failed,
    "failure-reason-code": "expired",
  };
}

export function plainReport(): PlainReport {
  return {
    "organization-name": "Example Mail",
    "date-range": {
      "start-datetime": "2026-06-14T00:00:00Z",
      "end-datetime": "2026-06-14T23:59:59Z",
    },
    "contact-info": "tlsrpt@sender.example",
    "report-id": "2026-06-14_example.com",
    policies: [plainPolicy()],
  };
}

/** A copy with the value at a JSON pointer set; undefined takes the member out. */
export function changed(report: PlainReport, pointer: string, value: unknown): PlainReport {
  const copy: PlainReport = structuredClone(report);
  const tokens = pointer.slice(1).split("/");
  const last = tokens.pop() ?? "";
  let target: unknown = copy;
  for (const token of tokens) target = Reflect.get(Object(target), token);
  if (value === undefined) Reflect.deleteProperty(Object(target), last);
  else Reflect.set(Object(target), last, value);
  return copy;
}
