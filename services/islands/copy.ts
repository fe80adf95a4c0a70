// Buttons that copy: data-copy names the element whose text or value is meant.

const SHOWN_MS = 2_000;

/** Lets the buttons work; they may be hidden until then. */
export function startCopies(page: ParentNode): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    const words = button.textContent;
    const say = (text: string) => {
      button.textContent = text;
      setTimeout(() => {
        button.textContent = words;
      }, SHOWN_MS);
    };
    // The change of its words is told to whoever does not see it.
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => {
      copy(button.dataset["copy"] ?? "").then(
        () => say("Copied"),
        () => say("Select and copy it"),
      );
    });
  }
}

async function copy(selector: string): Promise<void> {
  const element = document.querySelector<HTMLElement>(selector);
  if (element === null) throw new Error(`nothing is at ${selector}`);
  const field = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
  const text = field ? element.value : (element.textContent ?? "");
  // Browsers have no clipboard for pages that came without TLS; then it is selected, at least.
  if (navigator.clipboard === undefined) {
    if (field) element.setSelectionRange(0, text.length);
    else getSelection()?.selectAllChildren(element);
    throw new Error("no clipboard");
  }
  await navigator.clipboard.writeText(text.trim());
}
