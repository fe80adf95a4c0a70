// Files dropped on a page are explained where they are, one after the other, with what is left to do; and
// what the server still works on is followed by its events. Without script the same form answers with a page.

import { startCopies } from "./copy.ts";

const PIECE = "/explain?piece=1";
/** The server takes a few uploads at a time, and says after how long another try is worth it. */
const TRIES_MAX = 30;
const PAUSE_MS = 2_000;
const PAUSE_MS_MAX = 30_000;

/** Finds the forms and the tasks of a page. */
export function startUploads(page: ParentNode): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-upload]")) prepare(form);
  for (const task of page.querySelectorAll<HTMLElement>("[data-progress]")) follow(task);
}

function prepare(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const state = form.querySelector<HTMLElement>("[data-upload-state]");
  const results = document.querySelector<HTMLElement>("[data-upload-result]");
  if (input === null || state === null || results === null) return;
  const say = (words: string) => {
    state.textContent = words;
  };
  let running = false;
  const explain = async (files: readonly File[]) => {
    if (running || files.length === 0) return;
    running = true;
    form.setAttribute("aria-busy", "true");
    results.replaceChildren();
    await explainAll(files, results, say).finally(() => {
      running = false;
      form.removeAttribute("aria-busy");
    });
  };
  form.addEventListener("submit", (event) => {
    // Importing goes on to the page that tells of it.
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    void explain([...(input.files ?? [])]);
  });
  acceptDrops(form, input, explain);
}

async function explainAll(
  files: readonly File[],
  results: HTMLElement,
  say: (words: string) => void,
): Promise<void> {
  let failed = 0;
  for (const [at, file] of files.entries()) {
    say(`Reading ${at + 1} of ${files.length}: ${file.name}`);
    const piece = await explainFile(file).catch(() => null);
    if (piece === null) failed += 1;
    else {
      startCopies(piece);
      results.append(piece);
    }
  }
  const read = files.length - failed;
  const what = read === 1 ? "1 file" : `${read} files`;
  const trouble = failed === 0 ? "" : ` ${failed} could not be sent: try again.`;
  say(`${what} explained below.${trouble}`);
}

/** What the server makes of a file: escaped there, and without script, as all its pages. */
async function explainFile(file: File): Promise<DocumentFragment> {
  const body = new FormData();
  body.append("file", file, file.name);
  for (let tries = 1; ; tries++) {
    const answer = await fetch(PIECE, { method: "POST", body });
    const text = await answer.text();
    const later = answer.status === 429 || answer.status === 503;
    if (!later || tries >= TRIES_MAX) {
      if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) {
        throw new Error(`${answer.status}`);
      }
      return fragmentOf(text);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseOf(answer)));
  }
}

/** As the server says; not all at the same moment, who were refused at the same moment. */
function pauseOf({ headers }: Response): number {
  const asked = Number(headers.get("Retry-After")) * 1_000 || PAUSE_MS;
  return Math.min(asked, PAUSE_MS_MAX) * (1 + Math.random() / 2);
}

/** Scripts in it would not run. */
function fragmentOf(text: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content;
}

function acceptDrops(
  form: HTMLFormElement,
  input: HTMLInputElement,
  explain: (files: readonly File[]) => Promise<void>,
): void {
  const zone = form.querySelector<HTMLElement>("[data-drop]") ?? form;
  const over = (is: boolean) => zone.classList.toggle("over", is);
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  zone.addEventListener("dragleave", () => over(false));
  zone.addEventListener("drop", (event) => {
    over(false);
    const { dataTransfer } = event;
    if (dataTransfer === null || dataTransfer.files.length === 0) return;
    event.preventDefault();
    // So that they can be imported by the other button.
    input.files = dataTransfer.files;
    void explain([...dataTransfer.files]);
  });
  // A file that misses the zone would take the page away.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => event.preventDefault());
  }
}

interface Progress {
  ended: number;
  total: number;
  words: string;
}

/**
 * A browser connects again by itself, with the id of the last event; but not once it was told that too many
 * watch something.
 */
function follow(task: HTMLElement, tries = 1): void {
  const source = new EventSource(task.dataset["progress"] ?? "");
  const bar = task.querySelector("progress");
  const words = task.querySelector<HTMLElement>("[data-progress-words], p");
  const show = (event: MessageEvent<string>) => {
    const progress: Progress = JSON.parse(event.data);
    if (bar !== null) [bar.max, bar.value] = [progress.total, progress.ended];
    if (words !== null) words.textContent = progress.words;
  };
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED || tries >= TRIES_MAX) return;
    setTimeout(() => follow(task, tries + 1), PAUSE_MS_MAX * Math.random());
  });
  source.addEventListener("progress", show);
  source.addEventListener("done", (event) => {
    source.close();
    show(event);
    offerNewer(task);
  });
}

/** The link that looks again leads to the state after the end, where the page shows one from before it. */
function offerNewer(task: HTMLElement): void {
  const again = task.querySelector<HTMLElement>("[data-progress-again]");
  const link = again?.querySelector("a");
  const words = again?.dataset["progressAgain"] ?? "";
  if (words === "" || !link) again?.remove();
  else link.textContent = words;
}
