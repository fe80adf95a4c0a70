// docs/problems.md as text, made from the catalogue.

import {
  POLICY_FILE_ENTRIES,
  SESSION_ENTRIES,
  TYPE_ENTRIES,
} from "../../../../services/core/explain/catalogue.ts";
import { UNKNOWN } from "../../../../services/core/explain/catalogue-sts.ts";
import type { Entry } from "../../../../services/core/explain/entry.ts";
import { ACTORS } from "../../../../services/core/explain/explanation.ts";

const BEGINNING = `# Problems and what to do about them

What Sealwatch says about each kind of failure. It looks at the sender's reason first, then at the result type,
and fills in your own names: here \`DOMAIN\` stands for your domain and \`MX_HOST\` for the mail server. This page is
made from the catalogue in \`services/core/explain\`.

Whether mail was held back depends on the policy that the sender went by:

| policy | a session that fails |
|---|---|
| MTA-STS, mode \`enforce\` | is not used for mail: the sender tries the next MX, or later again (RFC 8461 section 5) |
| MTA-STS, mode \`testing\` | is used all the same, perhaps in clear text, and reported |
| MTA-STS, mode \`none\` | is used all the same |
| DANE (\`tlsa\`) | is not used for mail by senders that check DANE (RFC 7672 section 2.2) |
| none found | is used all the same, perhaps in clear text |

One-off failures, and those that only one network sees, can be a passing fault. They can also be somebody on the way
who takes STARTTLS out of the answer to read the mail (RFC 8460 section 1).
`;

/** The page, with a heading for every entry; what was said before is not said again. */
export function problemsPage(): string {
  const said: Said = new Map();
  const sections = (entries: Readonly<Record<string, Entry>>, where = "") =>
    Object.entries(entries).map(([name, entry]) => section(`${name}${where}`, entry, said));
  return [
    BEGINNING,
    "## Result types\n",
    ...sections(TYPE_ENTRIES),
    "## Reasons\n\nThese make a general result type concrete, whatever the sender's spelling.\n",
    ...sections(SESSION_ENTRIES),
    "## Reasons about the policy file\n\nThe same words mean other things where the file is fetched.\n",
    ...sections(POLICY_FILE_ENTRIES, " (policy file)"),
    "## Everything else\n",
    ...sections({ unknown: UNKNOWN }),
  ].join("\n");
}

/** Under which heading an entry, or a list of steps, stands already. */
type Said = Map<Entry | readonly string[], string>;

function section(name: string, entry: Entry, said: Said): string {
  const before = said.get(entry);
  if (before !== undefined) return `### ${name}\n\nSee ${link(before)}.\n`;
  said.set(entry, name);
  const { title, meaning, mail, causes, actor, fix, verify, reference, underDane } = entry;
  return [
    `### ${name}\n`,
    `**${title}.** ${meaning}${mail === undefined ? "" : ` ${mail}`} (${reference})\n`,
    `To be mended by ${ACTORS[actor]}.\n`,
    ...steps("Likely causes", causes, name, said),
    ...steps("What to do", fix, name, said),
    ...steps("Likely causes under DANE", underDane?.causes, name, said),
    ...steps("What to do under DANE", underDane?.fix, name, said),
    ...steps("To see that it is mended", verify, name, said),
  ].join("\n");
}

function link(heading: string): string {
  return `[${heading}](#${heading.replaceAll(/[()]/g, "").replaceAll(" ", "-")})`;
}

/** A list of sentences and commands, or where it stands. */
function steps(heading: string, texts: readonly string[] | undefined, name: string, said: Said) {
  if (texts === undefined) return [];
  const before = said.get(texts);
  if (before !== undefined && before !== name) {
    return [`${heading}: as for ${link(before)}.\n`];
  }
  said.set(texts, name);
  const lines = texts.map((text) =>
    text.startsWith("$ ") ? `- \`${text.slice(2)}\`` : `- ${text}`,
  );
  return [`${heading}:\n`, ...lines, ""];
}
