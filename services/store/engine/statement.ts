// Makes one text for the engine of a statement and all that an HTTP call says beside it. Settings
// and parameters become SET statements in front, which hold for this one native session only.

import { EngineFault } from "./fault.ts";

export interface Statement {
  sql: string;
  database: string;
  settings: ReadonlyArray<readonly [name: string, value: string]>;
  /** Values as the HTTP interface takes them: escaped like a cell of TabSeparated. */
  parameters: ReadonlyArray<readonly [name: string, value: string]>;
  /** File that holds the rows of an INSERT ... FORMAT, or null. */
  bodyFile: string | null;
}

// Parameters of the HTTP interface, which the engine itself does not know as settings.
const HTTP_ONLY = new Set(["wait_end_of_query", "buffer_size"]);
const NAME = /^\w{1,128}$/;
const INSERT_FORMAT = /\sFORMAT\s+(\w+)\s*;?\s*$/i;
const LEADING = /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const READ = /^(?:SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS)\b/i;

/** Text as a string literal of ClickHouse SQL. */
export function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0");
  return `'${escaped}'`;
}

/** True for statements that change nothing; they may be cancelled at any time. */
export function isRead(sql: string): boolean {
  return READ.test(sql.replace(LEADING, ""));
}

/** True when the rows of this statement come in the body of the call. */
export function takesRows(sql: string): boolean {
  return /^INSERT\b/i.test(sql.replace(LEADING, "")) && INSERT_FORMAT.test(sql);
}

/** @throws EngineFault when a name is not one, or rows came for a statement that takes none */
export function printStatement(statement: Statement): string {
  const parts: string[] = [];
  if (statement.database !== "") parts.push(`USE \`${statement.database.replaceAll("`", "``")}\``);
  for (const [name, value] of statement.settings) {
    if (!HTTP_ONLY.has(name)) parts.push(`SET ${checkedName(name)} = ${quote(value)}`);
  }
  for (const [name, value] of statement.parameters) {
    parts.push(`SET param_${checkedName(name)} = ${quote(value)}`);
  }
  if (statement.sql.includes("\0")) throw new EngineFault("SYNTAX_ERROR", "NUL in the statement.");
  parts.push(statement.bodyFile === null ? statement.sql : fromFile(statement));
  return parts.join(";\n");
}

function fromFile(statement: Statement): string {
  const found = INSERT_FORMAT.exec(statement.sql);
  if (found === null) throw new EngineFault("SYNTAX_ERROR", "Rows came without INSERT ... FORMAT.");
  const into = statement.sql.slice(0, found.index);
  const file = quote(statement.bodyFile ?? "");
  return `${into}\nFROM INFILE ${file} COMPRESSION 'none' FORMAT ${found[1]}`;
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new EngineFault("UNKNOWN_SETTING", `${quote(name.slice(0, 128))} is not a name.`);
}
