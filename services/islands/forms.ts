// Forms that are sent by address leave out what is empty, so that addresses stay short.

/** Lets the forms of the page do so. */
export function startForms(page: ParentNode): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[method='get']")) {
    form.addEventListener("formdata", ({ formData }) => {
      for (const name of new Set(formData.keys())) {
        const filled = formData.getAll(name).filter((value) => value !== "");
        formData.delete(name);
        for (const value of filled) formData.append(name, value);
      }
    });
  }
}
