// The commands of the program as a table of words: what help says of each. What they do is handed
// to createProgram as actions.

import type { Command } from "../config/options.ts";

export interface CommandWords {
  summary: string;
  description: string;
  /** Command lines with what they do. */
  examples: readonly (readonly [line: string, does: string])[];
}

export const COMMANDS: Readonly<Record<Command, CommandWords>> = {
  serve: {
    summary: "receive reports, store them, answer queries and show pages",
    description:
      "Runs until SIGTERM or SIGINT, which drain what is on its way. A second one ends \
at once; what was acknowledged is safe either way.",
    examples: [
      ["sealwatch serve", "everything in one process, nothing to configure"],
      ["sealwatch serve --smtp-listen :25 --smtp-hostname mx.example.com", "take mail directly"],
      ["sealwatch serve --roles smtp,https --data-dir /srv/spool", "receive only"],
    ],
  },
  import: {
    summary: "take reports from files, folders or standard input",
    description:
      "Takes .json, .json.gz, .zip, .eml, mbox, Maildir and folders of them, and - for \
standard input. Works beside a running server. Returns when all of it can be queried; a report \
that is there already is counted a duplicate.",
    examples: [
      ["sealwatch import ~/Maildir", "every report of a mailbox"],
      ["sealwatch import report.json.gz old.mbox", "several files"],
      ["cat report.eml | sealwatch import --json -", "for scripts: counts as one line of JSON"],
    ],
  },
  query: {
    summary: "ask for the numbers of one panel",
    description:
      "Asks the running server, or the store itself when none runs. Prints what a reader \
wants first, with --wide all of it, or JSON or CSV the way the API gives it. A filter that is given \
several times matches any of its values. Without a panel it lists them; with one, --help tells of \
that one. See docs/command-line.md.",
    examples: [
      ["sealwatch query failures-by-mx --last 30d", "which MX hosts fail, and why"],
      ["sealwatch query trend --domain example.com --step day --by result_type", "since when"],
      ["sealwatch query overview --compare previous", "against the period before"],
      ["sealwatch query reports --from 2026-01-01 --to 2026-02-01 --csv", "for a spreadsheet"],
    ],
  },
  report: {
    summary: "explain report files, without a server",
    description:
      "Reads .json, .json.gz, .zip, .eml, mbox, and - for standard input, and says of each report \
whether mail is protected, what failed, why, and what to do. Nothing is stored, asked or sent; \
signatures are not checked. Ends with 1 when something in it cannot be used.",
    examples: [
      ["sealwatch report report.json.gz", "what it says and means"],
      ["sealwatch report --json *.eml", "for scripts: a line of JSON for each report"],
      ["curl -s https://example.com/report.json | sealwatch report -", "from another program"],
    ],
  },
  reprocess: {
    summary: "try quarantined messages again",
    description:
      "Asks the running server to put them into its spool again, as after an upgrade, a domain \
that was added, or a change of dkim. What is stored then leaves quarantine and counts once; what \
cannot be used still is in quarantine. Needs the scope reprocess where a token is asked for.",
    examples: [
      ["sealwatch reprocess 01KA0000000000000000000001", "one message, by its receipt"],
      ["sealwatch reprocess --reason dkim-unverified --last 30d", "all with this reason"],
      [
        "sealwatch reprocess --reason unknown-domain --tenant default --json",
        "for scripts: counts",
      ],
    ],
  },
  migrate: {
    summary: "bring the tables of the store up to date",
    description:
      "Serve and import do the same by themselves; this is for those who want it as a \
step of its own. Migrations go forward only and may be repeated.",
    examples: [["SEALWATCH_CLICKHOUSE_URL=http://... sealwatch migrate", "a ClickHouse server"]],
  },
  token: {
    summary: "make, list and revoke the tokens by which programs ask the API",
    description:
      "Works on the data folder of the server, which follows it without a restart. A token is \
shown when it is made and never again: only a hash of it is kept.",
    examples: [
      ["sealwatch token create --name grafana --all-tenants", "may read everything"],
      ["sealwatch token create --name shop --tenant shop --expires 90d", "one tenant, for a time"],
      [
        "sealwatch token create --name ops --all-tenants --scope read,reprocess",
        "may also try quarantined messages again",
      ],
      ["sealwatch token list", "who has one, and for what"],
      ["sealwatch token revoke grafana", "by name, or by id"],
    ],
  },
  config: {
    summary: "check the configuration, or print an example of it",
    description:
      "Shows the configuration that serve would run with, given the same flags and \
variables.",
    examples: [
      ["sealwatch config check", "every setting and where it comes from, or every mistake"],
      ["sealwatch config check --config /etc/sealwatch.yaml --json", "for scripts"],
      ["sealwatch config example > sealwatch.yaml", "a file with every option to start from"],
      ["sealwatch config schema", "JSON Schema of the file, for editors"],
    ],
  },
  health: {
    summary: "ask a running server whether it is ready",
    description:
      "Prints the checks of /readyz and ends with 0 when it is ready, with 1 when not. What they \
found is shown to those who see all tenants.",
    examples: [
      ["sealwatch health", "the server of this configuration"],
      ["sealwatch health --http-listen 127.0.0.1:8080 --json", "the answer as it came"],
    ],
  },
};
