// The configuration loaded again on SIGHUP: either all of it is right and what can change is changed, between
// two requests and without a connection being cut, or all mistakes are told and nothing changes.

import type { Config, LoadedConfig } from "../config/config.ts";
import { OPTION_KEYS, type OptionKey, optionOf } from "../config/options.ts";
import type { Emit } from "../observe/events.ts";

/** A mistake in what a part was to take over, told like one in the configuration itself. */
export class ReloadError extends Error {
  override readonly name = "ReloadError";
  readonly problems: readonly { place: string; message: string; hint: string }[];
  constructor(problems: ReloadError["problems"]) {
    super(problems.map(({ place, message }) => `${place}: ${message}`).join("; "));
    this.problems = problems;
  }
}

/** A part of the running program that takes over what is configured anew. */
export interface LivePart {
  /**
   * Looks at everything that could be wrong and changes nothing. Returns what makes the change, which
   * cannot fail, or null where this change needs a restart after all.
   * @throws ReloadError, or another error, and then nothing is changed anywhere
   */
  prepare(next: Config): (() => void) | null | Promise<(() => void) | null>;
  /** Options that prepare() says null of. */
  keys?: readonly OptionKey[];
  /** Options whose file has another content since the last commit, though it has the same path. */
  changedFiles?(): readonly OptionKey[];
}

export interface Reload {
  /** The configuration as it holds now. */
  config(): Config;
  add(part: LivePart): void;
  /** Loads and applies; never rejects. One at a time, and once more when asked meanwhile. */
  run(): Promise<void>;
}

type Loaded = Extract<LoadedConfig, { ok: true }>;

/** @param load the same command line, variables and file as at the start */
export function createReload(first: Config, load: () => LoadedConfig, emit: Emit): Reload {
  const parts: LivePart[] = [];
  let config = first;
  /** Values that are in force: of what needs a restart, those of the start. */
  let inForce: ReadonlyMap<OptionKey, string> | null = null;
  let running: Promise<void> | null = null;
  let again = false;

  async function once(): Promise<void> {
    const loaded = load();
    if (!loaded.ok) throw new ReloadError(loaded.problems);
    const waiting = new Set<OptionKey>();
    const commits: (() => void)[] = [];
    for (const part of parts) {
      const commit = await part.prepare(loaded.config);
      if (commit !== null) commits.push(commit);
      else for (const key of part.keys ?? []) waiting.add(key);
    }
    config = loaded.config;
    for (const commit of commits) commit();
    tell(loaded, waiting, new Set(parts.flatMap((part) => part.changedFiles?.() ?? [])));
  }

  function tell(
    loaded: Loaded,
    waiting: ReadonlySet<OptionKey>,
    files: ReadonlySet<OptionKey>,
  ): void {
    const before = inForce ?? printedValues(first);
    const now = printedValues(loaded.config);
    const changed = OPTION_KEYS.filter((key) => before.get(key) !== now.get(key));
    const live = (key: OptionKey) => optionOf(key).live === true && !waiting.has(key);
    const applied = OPTION_KEYS.filter(
      (key) => files.has(key) || (live(key) && changed.includes(key)),
    );
    const late = changed.filter((key) => !live(key));
    inForce = new Map(OPTION_KEYS.map((key) => [key, (live(key) ? now : before).get(key) ?? ""]));
    emit("configuration-reloaded", { changed: applied });
    if (late.length > 0) emit("restart-needed", { options: late });
  }

  async function run(): Promise<void> {
    do {
      again = false;
      await once().catch((error: unknown) => {
        const problems = error instanceof ReloadError ? error.problems : undefined;
        emit("configuration-kept", problems === undefined ? { error } : { problems });
      });
    } while (again);
    running = null;
  }

  return {
    config: () => config,
    add: (part) => void parts.push(part),
    run: () => {
      if (running === null) running = run();
      else again = true;
      return running;
    },
  };
}

/** Every option as text; compared, and never shown. */
function printedValues(config: Config): ReadonlyMap<OptionKey, string> {
  return new Map(OPTION_KEYS.map((key) => [key, JSON.stringify(valueAt(config, key)) ?? ""]));
}

/** `smtp.listen` stands at smtp.listen, `data_dir` at dataDir; what is one thing together at its group. */
function valueAt(config: Config, key: OptionKey): unknown {
  let value: unknown = config;
  for (const name of key.split(".")) {
    if (typeof value !== "object" || value === null) return value;
    const member = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    value = Object.entries(value).find(([known]) => known === member)?.[1];
  }
  return value;
}
