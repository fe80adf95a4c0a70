// Light or dark at once: the form for it is sent as it would be, and the page does not have to come again.

const begun = new WeakSet<Element>();

/** Lets the forms for the theme do without a new page. */
export function startThemes(page: ParentNode): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[action='/theme']")) {
    if (begun.has(form)) continue;
    begun.add(form);
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!(button instanceof HTMLButtonElement)) return;
      event.preventDefault();
      show(button.value);
      for (const one of form.querySelectorAll("button")) {
        one.setAttribute("aria-pressed", String(one === button));
      }
      const body = new URLSearchParams({ theme: button.value });
      // The answer leads back to a page, which is not needed.
      const sent = fetch(form.action, { method: "POST", body, redirect: "manual" });
      // Where it cannot be kept, it still holds for this page.
      sent.catch(reportError);
    });
  }
}

function show(theme: string): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
  const scheme = document.querySelector<HTMLMetaElement>("meta[name='color-scheme']");
  if (scheme) scheme.content = theme === "system" ? "light dark" : theme;
}
