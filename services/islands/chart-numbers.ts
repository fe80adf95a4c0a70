// Where a chart cannot be drawn: its numbers are opened, and its empty place goes.

/** Does so for every chart that is not drawn. */
export function showNumbers(page: ParentNode): void {
  for (const place of page.querySelectorAll<HTMLElement>("[data-chart]")) {
    if (place.childElementCount === 0) showNumbersOf(place);
  }
}

/** Does so for one; its numbers may be on their way. */
export function showNumbersOf(place: HTMLElement): void {
  place.hidden = true;
  const open = () => {
    const numbers = place.closest("figure")?.querySelector<HTMLDetailsElement>("details.numbers");
    if (numbers) numbers.open = true;
  };
  open();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", open);
}
