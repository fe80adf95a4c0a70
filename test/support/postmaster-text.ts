// Reads test/fixtures/postmaster/reports.txt, whose head says how it is written, into messages with the JSON
// of their reports.

export type Way =
  | { channel: "smtp"; address: string; signed: boolean }
  | { channel: "https"; key: boolean }
  | { channel: "import" };

/** A report as its sender wrote it. */
export interface Written {
  organization: string;
  /** The policy domain that mail and file name give. */
  domain: string;
  startMs: number;
  endMs: number;
  json: unknown;
}

export interface Message {
  name: string;
  way: Way;
  arrivesMs: number;
  /** null for what is no report. */
  report: Written | null;
}

/** The mail domain of each organization, by its name in lower case. */
const SENDERS: Record<string, string> = {
  "searchmail inc.": "searchmail.example",
  "bigmail corporation": "bigmail.example",
  "postbox ltd": "postbox.example",
  "relay friends": "relay.example",
  "home server": "home.example",
  "quiet university": "quiet.example",
};

/** One element of policies, as sent. */
interface PolicyJson {
  policy: unknown;
  summary: unknown;
  "failure-details"?: unknown[];
}

const POLICY = /^ {2}(\S+) (\S+) (\S+): (\S+) ok, (\S+) failed$/;
const DETAIL = /^ {4}(\S+) (\S+) at (\S+) from (\S+)(?: \((\S+)\))?$/;

/** Every message of the file, in its order. */
export function readMessages(text: string): Message[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const texts = new Map<string, string[]>([["(empty)", []]]);
  const messages = new Map<string, Message>();
  while (lines.length > 0) {
    const line = lines.shift() ?? "";
    const policy = /^policy (\S+) = (.+)$/.exec(line);
    if (policy !== null) {
      texts.set(policy[1] ?? "", (policy[2] ?? "").split("; "));
      continue;
    }
    const body: string[] = [];
    while (lines[0]?.startsWith("  ")) body.push(lines.shift() ?? "");
    const message = readMessage(line, body, texts, messages);
    if (messages.has(message.name)) throw new Error(`reports.txt: ${message.name} is there twice`);
    messages.set(message.name, message);
  }
  return [...messages.values()];
}

function readMessage(
  head: string,
  body: readonly string[],
  texts: ReadonlyMap<string, string[]>,
  known: ReadonlyMap<string, Message>,
): Message {
  const [title = "", ...fields] = head.split(" | ");
  const copy = /^(\S+) = (.+)$/.exec(title);
  if (copy !== null) {
    const [, name = "", of = ""] = copy;
    const report = known.get(of)?.report ?? null;
    if (report === null && of !== "some text") throw new Error(`reports.txt: no report ${of}`);
    const [way = "", ...options] = fields;
    return { name, way: readWay(way), arrivesMs: arrival(options, 0), report };
  }
  const [name = "", day = ""] = title.split(" ");
  const [organization = "", way = "", ...options] = fields;
  const [from = "00:00:00", to = "23:59:59"] = (option(options, "period") ?? "").split(" ");
  const start = `${day}T${from || "00:00:00"}Z`;
  const end = `${day}T${to}Z`;
  const policies = readPolicies(body, texts);
  const [domain = ""] = policies.map((one) => one.domain).filter((one) => !one.startsWith("mx"));
  const named = domain || (policies[0]?.domain ?? "").replace(/^mx[0-9]?\./, "");
  const report = {
    organization,
    domain: named,
    startMs: Date.parse(start),
    endMs: Date.parse(end),
    json: {
      "organization-name": organization,
      "date-range": { "start-datetime": start, "end-datetime": end },
      "contact-info": `tlsrpt@${senderOf(organization)}`,
      "report-id": `${day}_${named}${option(options, "id") ?? ""}`,
      policies: policies.map(({ json }) => json),
    },
  };
  return { name, way: readWay(way), arrivesMs: arrival(options, Date.parse(day)), report };
}

function option(options: readonly string[], name: string): string | undefined {
  return options.find((one) => one.startsWith(`${name} `))?.slice(name.length + 1);
}

/** The next day at three o'clock, when nothing is said. */
function arrival(options: readonly string[], dayMs: number): number {
  const said = option(options, "arrives");
  return said === undefined ? dayMs + 27 * 3_600_000 : Date.parse(said);
}

function readWay(text: string): Way {
  const [word = "", rest = ""] = text.split(" ");
  if (word === "import") return { channel: "import" };
  if (word === "https") return { channel: "https", key: rest === "KEY" };
  if (word !== "smtp" && word !== "signed") throw new Error(`reports.txt: no way in: ${text}`);
  return { channel: "smtp", address: rest, signed: word === "signed" };
}

function readPolicies(body: readonly string[], texts: ReadonlyMap<string, string[]>) {
  const policies: { domain: string; json: PolicyJson }[] = [];
  for (const line of body) {
    const policy = POLICY.exec(line);
    const last = policies.at(-1);
    if (policy !== null) {
      policies.push(policyOf(policy.slice(1), texts));
    } else if (last !== undefined) {
      const details = last.json["failure-details"] ?? [];
      last.json["failure-details"] = details;
      if (line.trim() !== "(empty)") details.push(detailOf(line));
    } else throw new Error(`reports.txt: not understood: ${line}`);
  }
  return policies;
}

function policyOf(
  fields: readonly string[],
  texts: ReadonlyMap<string, string[]>,
): { domain: string; json: PolicyJson } {
  const [type = "", domain = "", name = "", ok = "", failed = ""] = fields;
  const lines = texts.get(name);
  if (lines === undefined && name !== "-") throw new Error(`reports.txt: no policy ${name}`);
  const patterns = lines?.filter((one) => one.startsWith("mx: ")).map((one) => one.slice(4)) ?? [];
  const policy = {
    "policy-type": type,
    ...(lines === undefined ? {} : { "policy-string": lines }),
    "policy-domain": domain,
    ...(patterns.length > 0 ? { "mx-host": patterns } : {}),
  };
  const summary = {
    ...member("total-successful-session-count", ok, count(ok)),
    ...member("total-failure-session-count", failed, count(failed)),
  };
  return { domain, json: { policy, summary } };
}

function detailOf(line: string): Record<string, unknown> {
  const detail = DETAIL.exec(line);
  if (detail === null) throw new Error(`reports.txt: not understood: ${line}`);
  const [, sessions = "", type, mx = "", ip = "", reason = "-"] = detail;
  return {
    "result-type": type,
    ...member("sending-mta-ip", ip),
    ...member("receiving-mx-hostname", mx),
    ...member("failed-session-count", sessions === "?" ? "-" : sessions, count(sessions)),
    ...member("failure-reason-code", reason),
  };
}

function member(name: string, text: string, value: unknown = text): Record<string, unknown> {
  return text === "-" ? {} : { [name]: value };
}

/** Text where it stands in quotation marks, else a number. */
function count(text: string): unknown {
  return text.startsWith('"') ? text.slice(1, -1) : Number(text);
}

/** The domain that an organization writes from. */
export function senderOf(organization: string): string {
  const sender = SENDERS[organization.toLowerCase()];
  if (sender === undefined) throw new Error(`reports.txt: nobody knows ${organization}`);
  return sender;
}
