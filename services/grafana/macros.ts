// How a value of a panel's SQL is said in Grafana: by a macro of the ClickHouse data source where it depends
// on the range or the clock, by a template variable where it is a filter, as a literal where it is ours.

import { BOUNDS } from "../core/bounds.ts";
import { lastCompleteDayMs } from "../core/complete-day.ts";
import type { PanelQuery } from "../query/panel.ts";
import { READ_DAYS_MIN } from "../query/problem-rows.ts";

/** Variables that filter; each takes several values, or all. */
export const FILTER_VARIABLES = ["tenant", "domain", "organization", "mx", "result_type"] as const;
export type FilterVariable = (typeof FILTER_VARIABLES)[number];

const DAY_MS = 86_400_000;
/** Days up to now that are not complete yet, beside today. */
const INCOMPLETE_DAYS = -lastCompleteDayMs(0) / DAY_MS;

// Both are instants; the end is the last second of Grafana's range, which is in it.
const FROM = "$__fromTime";
const TO = "$__toTime";
const dayOf = (instant: string) => `toDate(${instant}, 'UTC')`;
const secondsOf = (instant: string) => `toInt64(toUnixTimestamp(${instant}))`;

const FROM_DAY = dayOf(FROM);
const LAST_DAY = dayOf(TO);
const END = `(${TO} + 1)`;
const TODAY = dayOf("now()");
const COMPLETE_DAY = `(${TODAY} - ${INCOMPLETE_DAYS})`;
const STATE_DAY = `least(${LAST_DAY}, ${TODAY})`;

/** What panels bind that follows from the range and the clock, by the name that they bind it under. */
const MOMENTS: Readonly<Record<string, string>> = {
  from_day: FROM_DAY,
  last_day: LAST_DAY,
  from_at: FROM,
  to_at: END,
  days_begun: `toUInt32(greatest(1, ceil(
    (least(${secondsOf(END)}, ${secondsOf("now()")}) - ${secondsOf(FROM)}) / 86400)))`,
  // problems: the range, and as many days before it as a state is judged by.
  range_from: FROM,
  wide_from_day: `least(${FROM_DAY}, ${LAST_DAY} - ${READ_DAYS_MIN - 1})`,
  wide_last_day: LAST_DAY,
  wide_to_at: END,
  end_day: STATE_DAY,
  incomplete: `toUInt8(greatest(0, toInt32(${STATE_DAY}) - toInt32(${COMPLETE_DAY})))`,
  // policies: the last complete day that is in the range as a whole.
  complete_to: `toUInt16(least(${COMPLETE_DAY}, ${dayOf(END)} - 1))`,
  // organizations: those who reported before the range and fell silent.
  through: `toInt32(least(${COMPLETE_DAY}, ${LAST_DAY}))`,
  earlier_from_day: `(${FROM_DAY} - ${BOUNDS.reporterLookBackDays})`,
  earlier_last_day: dayOf(`${FROM} - 1`),
  earlier_to_at: FROM,
};

/** What Grafana puts a value in the place of; a value has parts and ways to be written. */
export function reference(name: string): string {
  return `\${${name}}`;
}

/** A condition on the days of the range. */
export function sqlOfRange(): string {
  return `day BETWEEN ${FROM_DAY} AND ${LAST_DAY}`;
}

/**
 * A bound value as SQL of Grafana.
 * @throws Error for a moment that no macro is known for: it would stay what it was when this was written
 */
export function sqlOfValue(...[name, type, value]: Parameters<PanelQuery["bind"]>): string {
  const moment = MOMENTS[name];
  if (moment !== undefined) return moment;
  if (/^U?Int\d+$/.test(type)) return String(BigInt(String(value)));
  if (type === "String") return literal(String(value));
  if (type === "Array(String)" && Array.isArray(value)) {
    return `[${value.map((one) => literal(String(one))).join(", ")}]`;
  }
  throw new Error(`there is no macro for ${name}, a ${type}`);
}

function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/**
 * SQL of the values of a variable. None of Grafana's formats quotes for ClickHouse, which takes a backslash
 * for an escape where they leave it alone; percent-encoded text has neither quotes nor backslashes. The
 * values themselves are percent-encoded too (variables.ts), so that a comma in a name does not end it.
 */
function valuesOf(variable: FilterVariable): string {
  const chosen = `decodeURLComponent('${reference(`${variable}:percentencode`)}')`;
  return `arrayMap(one -> decodeURLComponent(one), splitByChar(',', trim(BOTH '{}' FROM ${chosen})))`;
}

/** Where the values of a variable go, until whenChosen puts them there. */
export function placeOf(variable: FilterVariable): string {
  return `{${variable}:Array(String)}`;
}

const PLACE = String.raw`\{(\w+):Array\(String\)\}`;
/** The conditions that filters make (query/filters.ts). */
const CONDITIONS = [
  new RegExp(String.raw`(?:\w+|lowerUTF8\(\w+\)) IN ${PLACE}`, "g"),
  new RegExp(String.raw`hasAny\(\w+, ${PLACE}\)`, "g"),
];

/**
 * Lets each condition on a variable hold when all of its values are chosen.
 * @throws Error when a variable stands where it is no condition
 */
export function whenChosen(sql: string): string {
  let done = sql;
  for (const condition of CONDITIONS) done = done.replace(condition, onlyWhenChosen);
  const left = FILTER_VARIABLES.find((variable) => done.includes(placeOf(variable)));
  if (left) throw new Error(`${left} stands where it cannot be left out`);
  return done;
}

function onlyWhenChosen(condition: string, name: string): string {
  const variable = FILTER_VARIABLES.find((one) => one === name);
  if (variable === undefined) return condition;
  const chosen = condition.replace(placeOf(variable), () => valuesOf(variable));
  return `$__conditionalAll(${chosen}, $${variable})`;
}
