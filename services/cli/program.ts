// The command line: commands, flags and help from their tables, then the configuration, then the
// action. The only import of commander, which never ends the process by itself here.

import { Command as Commander, CommanderError, Help, Option } from "commander";
import { type Config, type LoadedConfig, loadConfig } from "../config/config.ts";
import { configSchema } from "../config/config-schema.ts";
import { loadDirectory } from "../config/domains-file.ts";
import { nearest } from "../config/nearest.ts";
import {
  type Command,
  flagOf,
  OPTION_KEYS,
  optionOf,
  optionsOf,
  variableOf,
} from "../config/options.ts";
import { defaultWords, exampleFile } from "../config/reference.ts";
import type { ReadFile } from "../config/sources.ts";
import { printable } from "../core/printable.ts";
import type { Panel } from "../query/panel.ts";
import { type Actions, viewOf } from "./actions.ts";
import { COMMANDS } from "./commands.ts";
import { problemsText, runConfigCheck } from "./config-check.ts";
import { CommandError, EXIT, EXIT_CODES_HELP, explainFailure } from "./exit-codes.ts";
import { type HealthOptions, runHealth } from "./health.ts";
import { flagWords, panelExamples, panelHelp, panelList, panelsHelp } from "./query-help.ts";
import { givenQuery, QUERY_FLAGS, queryOptions } from "./query-options.ts";
import { reprocessOptions } from "./reprocess.ts";
import { COLOR_CHOICES, systemTerminal, type Terminal } from "./terminal.ts";
import { givenToken, runTokenCreate, runTokenList, runTokenRevoke } from "./token.ts";

export interface ProgramOptions {
  actions: Actions;
  panels: readonly Panel[];
  version: string;
  /** Those of the process by default. */
  terminal?: Terminal;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  readFile?: ReadFile;
  nowMs?: () => number;
}

export interface Program {
  /** Runs the command of these arguments, node and script left out. Never rejects. */
  run(argv: readonly string[]): Promise<number>;
}

interface Shell extends ProgramOptions {
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  cwd: string;
  finish(exitCode: number): void;
}

type Flags = Readonly<Record<string, unknown>>;

/** The program with all its commands. */
export function createProgram(options: ProgramOptions): Program {
  const { terminal = systemTerminal(), env = process.env, cwd = process.cwd() } = options;
  return {
    run: async (argv) => {
      let exitCode: number = EXIT.ok;
      const finish = (code: number) => {
        exitCode = code;
      };
      try {
        const root = build({ ...options, terminal, env, cwd, finish });
        await root.parseAsync([...argv], { from: "user" });
        return exitCode;
      } catch (error) {
        // Help and version that were asked for come as errors of commander with exit code 0.
        if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
        const failure = explainFailure(error);
        terminal.err(`sealwatch: ${failure.text.split("\n").map(printable).join("\n")}\n`);
        return failure.exitCode;
      }
    },
  };
}

function build(shell: Shell): Commander {
  const { terminal, version } = shell;
  const root = new Commander("sealwatch")
    .description("Receives SMTP TLS reports (RFC 8460) and shows which MX hosts fail TLS, and why.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ helpWidth: Math.min(terminal.columns, 100), showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      outputError: (text, write) => write(printableLines(text)),
      getOutHasColors: () => terminal.color,
      getErrHasColors: () => false,
    })
    .addHelpText("after", `\n${EXIT_CODES_HELP}`)
    .exitOverride();
  addServe(root, shell);
  addImport(root, shell);
  addQuery(root, shell);
  addReport(root, shell);
  addReprocess(root, shell);
  addMigrate(root, shell);
  addConfig(root, shell);
  addHealth(root, shell);
  addToken(root, shell);
  return root;
}

function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** A command with its words, the flags of its options and --config. */
function addCommand(
  parent: Commander,
  name: Command,
  examplesOf = (_: Commander) => COMMANDS[name].examples,
): Commander {
  const { summary, description } = COMMANDS[name];
  const after = ({ command }: { command: Commander }) => {
    const shown = examplesOf(command).map(([line, does]) => `  ${line}\n      ${does}`);
    return `\nExamples:\n${shown.join("\n")}\n\n${EXIT_CODES_HELP}`;
  };
  return parent
    .command(name)
    .summary(summary)
    .description(`${summary}\n\n${description}`)
    .addHelpText("after", after)
    .showHelpAfterError(`Try: sealwatch ${name} --help`);
}

function withOptions(command: Commander, name: Command): Commander {
  const group = "Configuration:";
  command.addOption(
    new Option("--config <file>", "YAML file; ./sealwatch.yaml when there is one").helpGroup(group),
  );
  for (const key of optionsOf(name)) {
    const { doc, kind } = optionOf(key);
    const flag = flagOf(key);
    if (flag === null) continue;
    const syntax = kind.placeholder === "" ? flag : `${flag} <${kind.placeholder}>`;
    const words = `${doc} Default: ${defaultWords(key).replaceAll("`", "")}.`;
    command.addOption(new Option(syntax, words).helpGroup(group));
  }
  for (const key of OPTION_KEYS.filter((one) => optionOf(one).secret)) {
    command.addOption(secretFlag(variableOf(key), key));
  }
  return command;
}

/** A secret on a command line is refused without a word of it being repeated. */
function secretFlag(variable: string, key: string): Option {
  const flag = `--${key.replaceAll(/[._]/g, "-")}`;
  return new Option(`${flag} <secret>`).hideHelp().argParser(() => {
    throw new CommandError(
      `${flag} is no flag, since every user of a machine can see command lines; set ${variable}, \
or ${key} in the file`,
      { exitCode: EXIT.usage },
    );
  });
}

/** Loads the configuration of a command and runs it, or tells all mistakes. */
async function withConfig(
  shell: Shell,
  command: Command,
  flags: Flags,
  run: (config: Config, file: string | null) => Promise<number>,
): Promise<void> {
  const loaded = load(shell, command, flags);
  if (loaded.ok) {
    shell.finish(await run(loaded.config, loaded.file));
    return;
  }
  shell.terminal.err(problemsText(loaded.problems));
  shell.finish(EXIT.configuration);
}

/** @param fileBefore path of the file that gave settings when it was loaded before */
function load(
  { env, cwd, readFile }: Shell,
  command: Command,
  flags: Flags,
  fileBefore: string | null = null,
): LoadedConfig {
  const argvValues: Record<string, string> = {};
  for (const key of [...OPTION_KEYS, "config"]) {
    const given = flags[camel(key)];
    if (given !== undefined) argvValues[key] = String(given);
  }
  return loadConfig({ argvValues, env, cwd, command, fileBefore, ...(readFile && { readFile }) });
}

/** The configuration is right when its file of domains is. */
function withDomains(loaded: LoadedConfig, readFile?: ReadFile): LoadedConfig {
  if (!loaded.ok) return loaded;
  const directory = loadDirectory(loaded.config, readFile);
  return directory.ok ? loaded : directory;
}

/** Commander keeps the value of --smtp-listen as smtpListen. */
function camel(key: string): string {
  return key.replace(/[._]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function addServe(root: Commander, shell: Shell): void {
  withOptions(addCommand(root, "serve"), "serve").action((flags: Flags) =>
    withConfig(shell, "serve", flags, (config, file) => {
      let fileBefore = file;
      return shell.actions.serve(config, () => {
        const loaded = load(shell, "serve", flags, fileBefore);
        if (loaded.ok) fileBefore = loaded.file ?? fileBefore;
        return loaded;
      });
    }),
  );
}

function addImport(root: Commander, shell: Shell): void {
  const command = addCommand(root, "import")
    .argument("<path...>", "files and folders, or - for standard input")
    .option("--json", "print the counts as one line of JSON");
  withOptions(command, "import").action((paths: string[], flags: Flags) =>
    withConfig(shell, "import", flags, (config) =>
      shell.actions.import(paths, { json: flags["json"] === true }, config),
    ),
  );
}

function addMigrate(root: Commander, shell: Shell): void {
  withOptions(addCommand(root, "migrate"), "migrate").action((flags: Flags) =>
    withConfig(shell, "migrate", flags, (config) => shell.actions.migrate(config)),
  );
}

function addHealth(root: Commander, shell: Shell): void {
  const command = addCommand(root, "health").option("--json", "print the answer as it came");
  withOptions(command, "health").action((flags: Flags) => {
    const options: HealthOptions = { json: flags["json"] === true };
    return withConfig(shell, "health", flags, (config) =>
      runHealth(config, options, shell.terminal),
    );
  });
}

function addConfig(root: Commander, shell: Shell): void {
  const config = addCommand(root, "config");
  const check = config
    .command("check")
    .description("show every setting and where it comes from, or every mistake")
    .option("--json", "print one JSON object");
  withOptions(check, "config").action((flags: Flags) => {
    const options = { json: flags["json"] === true };
    const loaded = withDomains(load(shell, "config", flags), shell.readFile);
    shell.finish(runConfigCheck(loaded, options, shell.terminal));
  });
  config
    .command("example")
    .description("print a YAML file with every option to start from")
    .action(() => shell.terminal.out(exampleFile()));
  config
    .command("schema")
    .description("print the JSON Schema of the YAML file")
    .action(() => shell.terminal.out(`${JSON.stringify(configSchema(), null, 2)}\n`));
}

function addToken(root: Commander, shell: Shell): void {
  const { terminal } = shell;
  const nowMs = shell.nowMs ?? Date.now;
  const token = addCommand(root, "token");
  const create = token
    .command("create")
    .description("make a token and print it, this once")
    .requiredOption("--name <name>", "who or what is to use it")
    .option("--tenant <tenant>", "tenant whose reports it may see; may be repeated", collected)
    .option("--all-tenants", "the reports of all tenants, also of later ones")
    .option("--scope <scopes>", "read, reprocess, admin, with commas. Default: read.")
    .option("--expires <duration>", "how long it is good, such as 90d. Default: for ever.")
    .option("--json", "print one JSON object with the token in it");
  withOptions(create, "token").action((flags: Flags) =>
    withConfig(shell, "token", flags, (config) =>
      runTokenCreate(config, givenToken(flags), terminal, nowMs()),
    ),
  );
  const list = token
    .command("list")
    .description("show the tokens, but for what is secret of them")
    .option("--json", "print a JSON array");
  withOptions(list, "token").action((flags: Flags) =>
    withConfig(shell, "token", flags, (config) =>
      runTokenList(config, { json: flags["json"] === true }, terminal, nowMs()),
    ),
  );
  const revoke = token
    .command("revoke")
    .description("make a token worthless, within two seconds also to a running server")
    .argument("<id>", "the token's id, or its name if no other token has it");
  withOptions(revoke, "token").action((id: string, flags: Flags) =>
    withConfig(shell, "token", flags, (config) => runTokenRevoke(config, id, terminal)),
  );
}

/** For a flag that may be given several times. */
function collected(value: string, before?: string[]): string[] {
  return [...(before ?? []), value];
}

function addQuery(root: Commander, shell: Shell): void {
  const { panels, terminal } = shell;
  const asked = ({ args }: Commander) => panels.find(({ id }) => id === args[0]);
  const command = addCommand(root, "query", (of) => {
    const panel = asked(of);
    return panel === undefined ? COMMANDS.query.examples : panelExamples(panel);
  });
  command.argument("[panel]", "what to ask for").configureHelp({
    ...root.configureHelp(),
    formatHelp: (of, help) => {
      const panel = asked(of);
      if (panel !== undefined) return panelHelp(panel, terminal.columns);
      const [id] = of.args;
      if (id !== undefined && !id.startsWith("-")) throw unknownPanel(id, panels);
      return `${Help.prototype.formatHelp.call(help, of, help)}\n${panelList(panels)}`;
    },
  });
  for (const { parameter, repeatable } of QUERY_FLAGS) {
    const option = new Option(...flagWords(parameter)).helpGroup("Filters:");
    if (repeatable) option.argParser(collected);
    command.addOption(option);
  }
  command
    .option("--json", "print the answer of the API")
    .option("--csv", "print comma-separated values")
    .option("--server <url>", "where the server is, if it is not the one of this configuration");
  withView(command);
  withOptions(command, "query").action(async (id: string | undefined, flags: Flags) => {
    const panel = panels.find((one) => one.id === id);
    if (id === undefined) terminal.out(panelsHelp(panels));
    else if (panel === undefined) throw unknownPanel(id, panels);
    else {
      const options = queryOptions(givenQuery(flags));
      await withConfig(shell, "query", flags, (config) =>
        shell.actions.query(panel, options, config, viewOf(flags, terminal)),
      );
    }
  });
}

function addReport(root: Commander, shell: Shell): void {
  const command = addCommand(root, "report")
    .argument("<path...>", "files and folders, or - for standard input")
    .option("--json", "print a line of JSON for each report");
  withView(command).action(async (paths: string[], flags: Flags) => {
    const options = { json: flags["json"] === true };
    shell.finish(await shell.actions.report(paths, options, viewOf(flags, shell.terminal)));
  });
}

function withView(command: Commander): Commander {
  return command
    .option("--wide", "show everything, not only what is wanted first")
    .addOption(
      new Option("--color <when>", "colours; auto is for terminals, and not with NO_COLOR")
        .choices(COLOR_CHOICES)
        .default("auto"),
    );
}

function addReprocess(root: Commander, shell: Shell): void {
  const command = addCommand(root, "reprocess")
    .argument("[receipt...]", "messages by their receipts")
    .option("--reason <reason>", "all that is in quarantine for this reason, see docs/reasons.md")
    .option("--tenant <tenant>", "of this tenant; may be repeated", collected)
    .option("--last <duration>", "that came in this time until now, such as 30d, the default")
    .option("--from <time>", "that came in from this day or instant on")
    .option("--to <time>", "that came in before this day or instant")
    .option("--json", "print the counts as one line of JSON")
    .option("--server <url>", "where the server is, if it is not the one of this configuration");
  withOptions(command, "reprocess").action(async (receipts: string[], flags: Flags) => {
    const { reason } = flags;
    const given = { ...givenQuery(flags), receipts, ...(typeof reason === "string" && { reason }) };
    const options = reprocessOptions(given);
    await withConfig(shell, "reprocess", flags, (config) =>
      shell.actions.reprocess(options, config),
    );
  });
}

function unknownPanel(panel: string, panels: readonly Panel[]): CommandError {
  const ids = panels.map(({ id }) => id);
  const near = nearest(panel, ids);
  const hint = near === null ? `panels are ${ids.join(", ")}` : `did you mean ${near}?`;
  return new CommandError(`there is no panel ${panel}; ${hint}`, { exitCode: EXIT.usage });
}
