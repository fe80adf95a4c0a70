// The pages about options that people read, made from the table of options: docs/configuration.md
// and infra/sealwatch.example.yaml. A test compares the files with what is made here.

import {
  flagOf,
  type Machine,
  OPTION_KEYS,
  type OptionKey,
  optionOf,
  variableOf,
} from "./options.ts";

const COLUMNS_MAX = 96;

/** Defaults that depend on the machine are put into words, so any machine will do. */
const ANY_MACHINE: Machine = { hostname: "mx.example.com", cpus: 4, terminal: false };

const INTRODUCTION = `# Configuration

Sealwatch runs without any. What you set can stand in four places; the first that has it counts:

1. a flag, as in \`sealwatch serve --smtp-listen :25\`
2. a variable, as in \`SEALWATCH_SMTP_LISTEN=:25\`; an empty one counts as not set
3. the YAML file that \`--config\` or \`SEALWATCH_CONFIG\` names, or \`./sealwatch.yaml\` when there
   is one
4. the default

\`sealwatch config check\` shows every setting and where it comes from, or all mistakes at once. A
name that is not in this list is a mistake, in the file and among the variables that begin with
SEALWATCH_. \`sealwatch config example\` prints a file to start from, \`sealwatch config schema\` a
JSON Schema for editors.

Sizes are bytes or have a unit: 25MiB, 512MB, 20GiB. Lists are YAML sequences, or words with commas.
Addresses to listen on are \`127.0.0.1:8080\`, \`[::1]:8080\`, or \`:8080\` for all interfaces; port
0 lets the system choose. Relative paths start at the working directory, in the file at the folder
of the file. A secret has no flag, since every user of a machine can see command lines; instead of
\`SEALWATCH_CLICKHOUSE_URL\`, \`SEALWATCH_CLICKHOUSE_URL_FILE\` can name a file that holds it.

In the YAML file a dot is a level:

\`\`\`yaml
data_dir: /var/lib/sealwatch
smtp:
  listen: ":25"
  recipients: [tlsrpt@example.com, "@reports.example.com"]
\`\`\`

The last parts of a name say unit and bound: \`bytes\`, \`max\`, \`min\`.
`;

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  return `${INTRODUCTION}\n## Options\n\n${OPTION_KEYS.map(section).join("\n")}`;
}

function section(key: OptionKey): string {
  const { doc, kind, secret, live } = optionOf(key);
  const flag = flagOf(key);
  const usage = kind.placeholder === "" ? flag : `${flag} <${kind.placeholder}>`;
  const rows = [
    ["variable", `\`${variableOf(key)}\``],
    ["flag", flag === null ? "none" : `\`${usage}\``],
    ["value", kind.expects],
    ["default", defaultWords(key)],
    ["on SIGHUP", live ? "applied" : "needs a restart"],
    ...(secret ? [["secret", "yes: never shown in logs or by `config check`"]] : []),
  ];
  const table = rows.map(([name, text]) => `| ${name} | ${text?.replaceAll("|", "\\|")} |`);
  return `### ${key}\n\n${doc}\n\n| | |\n|---|---|\n${table.join("\n")}\n`;
}

/** The default as one tells it to people: its value, or words where there is none to show. */
export function defaultWords(key: OptionKey): string {
  const { defaultWords: words, kind, default: make } = optionOf(key);
  return words ?? `\`${kind.print(make(ANY_MACHINE))}\``;
}

const EXAMPLE_HEAD = `# Configuration of Sealwatch. All of it is optional. Each line shows the
# default, or an example where the default is none or not for a file. Remove the # in front of a
# line to change it. Check it with: sealwatch config check --config <this file>
`;

/** Values for the example where the default is none, or depends on machine or folder. */
const EXAMPLES: Partial<Record<OptionKey, string>> = {
  data_dir: "/var/lib/sealwatch",
  "smtp.hostname": "mx.example.com",
  proxies: "[192.0.2.7, 2001:db8:1::/64]",
  "limits.exempt": '[127.0.0.0/8, "::1"]',
  "smtp.recipients": "[tlsrpt@example.com]",
  "report.listen": '":443"',
  "tls.cert": "/etc/sealwatch/fullchain.pem",
  "tls.key": "/etc/sealwatch/privkey.pem",
  "clickhouse.url": '"https://sealwatch:password@clickhouse.example.com:8443/sealwatch"',
  "clickhouse.cluster": "main",
  domains_file: "/etc/sealwatch/domains.yaml",
  dkim: "require",
  asn_database: "/var/lib/sealwatch/asn.mmdb",
  "auth.loopback_open": "yes",
  token: "swt_secret",
  "auth.groups": "[postmasters=default, admins=*:admin]",
  "auth.user_header": "x-forwarded-user",
  "auth.groups_header": "x-forwarded-groups",
  "oidc.issuer": "https://login.example.com",
  "oidc.client_id": "sealwatch",
  "oidc.client_secret": "secret",
  "public.report_address": "tlsrpt@example.com",
  "public.url": "https://tlsrpt.example.com",
};

/** The text of infra/sealwatch.example.yaml: groups stand, every option is a comment. */
export function exampleFile(): string {
  let text = EXAMPLE_HEAD;
  let group = "";
  for (const key of OPTION_KEYS) {
    const [head = "", member] = key.split(".");
    const indent = member === undefined ? "" : "  ";
    if (member !== undefined && head !== group) text += `\n${head}:\n`;
    else text += "\n";
    group = member === undefined ? "" : head;
    for (const line of wrapped(optionOf(key).doc, COLUMNS_MAX)) text += `${indent}# ${line}\n`;
    text += `${indent}#${member ?? head}: ${exampleValue(key)}\n`;
  }
  return text;
}

function exampleValue(key: OptionKey): string {
  const example = EXAMPLES[key];
  if (example !== undefined) return example;
  const { kind, default: make } = optionOf(key);
  const value = make(ANY_MACHINE);
  return Array.isArray(value) ? `[${value.join(", ")}]` : kind.print(value);
}

function wrapped(words: string, columnsMax: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columnsMax) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
