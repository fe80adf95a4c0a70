// Keys: "/" goes to the filter, "?" tells of the keys, "g" and a letter go to a page. They can be turned off,
// since single letters are in the way of whoever speaks to the machine (WCAG 2.2, 2.1.4).

const OFF = "sealwatch-keys-off";
const PAUSE_MS = 1_500;

interface Goal {
  letter: string;
  name: string;
  href: string;
}

/** Listens for the keys. */
export function startShortcuts(page: Document): void {
  const goals = goalsOf(page);
  const dialog = helpOf(page, goals);
  let went = -Infinity;
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const on = localStorage.getItem(OFF) === null;
    // Help stays, or nobody could turn the keys on again.
    if (event.key === "?" && !dialog.open) return dialog.showModal();
    if (!on || dialog.open) return;
    if (event.key === "/") return toFilter(page, event);
    if (event.key === "g") {
      went = event.timeStamp;
      return;
    }
    const goal = goals.find(({ letter }) => letter === event.key);
    if (goal && event.timeStamp - went < PAUSE_MS) location.href = goal.href;
    went = -Infinity;
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select");
}

/** The pages of the menu, each by the first letter of its name that is free. */
function goalsOf(page: Document): Goal[] {
  const goals: Goal[] = [];
  for (const link of page.querySelectorAll<HTMLAnchorElement>("nav[aria-label='Pages'] a")) {
    const name = link.textContent?.trim() ?? "";
    const free = (letter: string) =>
      /[a-z]/.test(letter) && !goals.some((goal) => goal.letter === letter);
    const letter = [...name.toLowerCase()].find(free);
    if (letter !== undefined) goals.push({ letter, name, href: link.href });
  }
  return goals;
}

function toFilter(page: Document, event: KeyboardEvent): void {
  const field = page.querySelector<HTMLElement>(
    "form[role='search'] :is(input, select):not([type='hidden'])",
  );
  if (field === null) return;
  event.preventDefault();
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
}

function helpOf(page: Document, goals: readonly Goal[]): HTMLDialogElement {
  const dialog = page.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = page.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys";
  const list = page.createElement("dl");
  const keys: [string, string][] = [
    ["?", "These keys"],
    ["/", "To the filter"],
    ...goals.map(({ letter, name }): [string, string] => [`g ${letter}`, name]),
    ["← →", "On a chart: from value to value; Enter shows that time alone"],
    ["Esc", "Close"],
  ];
  for (const [key, what] of keys) {
    const term = page.createElement("dt");
    const shown = page.createElement("kbd");
    shown.textContent = key;
    term.append(shown);
    const words = page.createElement("dd");
    words.textContent = what;
    list.append(term, words);
  }
  const close = page.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, switchOf(page), close);
  page.body.append(dialog);
  return dialog;
}

/** Turns the keys on and off, for this browser. */
function switchOf(page: Document): HTMLLabelElement {
  const box = page.createElement("input");
  box.type = "checkbox";
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  const label = page.createElement("label");
  label.append(box, " Use these keys");
  return label;
}
