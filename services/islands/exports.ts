// A chart as PNG, beside the links to it as data: made in the browser of the SVG file of the API, so that
// both are the same drawing.

/** For screens with two points to a pixel, and for print. */
const SCALE = 2;

/** Adds a button after each link to an SVG file that asks for one. */
export function startExports(page: ParentNode): void {
  for (const link of page.querySelectorAll<HTMLAnchorElement>("a[data-export='png']")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = "PNG";
    button.addEventListener("click", () => {
      save(link).catch((error) => {
        button.textContent = "PNG: not now";
        reportError(error);
      });
    });
    const item = link.closest("li");
    if (item === null) link.after(" ", button);
    else item.after(entryOf(button));
  }
}

function entryOf(button: HTMLButtonElement): HTMLLIElement {
  const item = document.createElement("li");
  item.append(button);
  return item;
}

async function save(link: HTMLAnchorElement): Promise<void> {
  const image = new Image();
  image.src = link.href;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const bytes = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (bytes === null) throw new Error("the browser made no picture");
  const file = document.createElement("a");
  file.href = URL.createObjectURL(bytes);
  file.download = (link.download || "chart.svg").replace(/\.svg$/, ".png");
  file.click();
  URL.revokeObjectURL(file.href);
}
