// Forms that are sent by address leave out what is empty, so that addresses stay short; and the days that
// they were filled with, unless one of them was changed: a range of so many days goes on moving.

/** Lets the forms of the page do so. */
export function startForms(page: ParentNode): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[method='get']")) {
    form.addEventListener("formdata", ({ formData }) => {
      leaveOutDays(form, formData);
      for (const name of new Set(formData.keys())) {
        const filled = formData.getAll(name).filter((value) => value !== "");
        formData.delete(name);
        for (const value of filled) formData.append(name, value);
      }
    });
  }
}

function leaveOutDays(form: HTMLFormElement, formData: FormData): void {
  const days = [...form.querySelectorAll<HTMLInputElement>("input[data-filled]")];
  if (days.every((day) => day.value === day.defaultValue)) {
    for (const day of days) formData.delete(day.name);
  } else formData.delete("last");
}
