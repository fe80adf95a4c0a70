// Finds files of the package that are not code (SQL, schemas, style sheets) and compiled entries of
// threads and child processes, from the source tree and from dist/ alike.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, absolute. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json is not above the program's own files");
    folder = parent;
  }
  return folder;
}

/** Absolute path of a file of the package, by its path from the package's root. */
export function assetPath(...parts: string[]): string {
  return join(packageRoot(), ...parts);
}
