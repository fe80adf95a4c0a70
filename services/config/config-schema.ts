// The JSON Schema 2020-12 of the YAML file, for editors. It says what stands where; the finer rules
// and their messages are in kinds.ts and contradictions.ts.

import { OPTION_KEYS, type OptionKey, optionOf } from "./options.ts";

type Schema = Record<string, unknown>;

/** The schema of sealwatch.yaml: every option with its words, and nothing else. */
export function configSchema(): Schema {
  const properties: Record<string, Schema> = {};
  for (const key of OPTION_KEYS) {
    const [group = "", member] = key.split(".");
    if (member === undefined) properties[group] = optionSchema(key);
    else properties[group] ??= groupSchema(group);
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of Sealwatch",
    type: ["object", "null"],
    properties,
    additionalProperties: false,
  };
}

function groupSchema(group: string): Schema {
  const members = OPTION_KEYS.filter((key) => key.startsWith(`${group}.`));
  return {
    type: ["object", "null"],
    properties: Object.fromEntries(
      members.map((key) => [key.slice(group.length + 1), optionSchema(key)]),
    ),
    additionalProperties: false,
  };
}

function optionSchema(key: OptionKey): Schema {
  const { doc, kind } = optionOf(key);
  return { description: doc, anyOf: [kind.schema, { type: "null" }] };
}
