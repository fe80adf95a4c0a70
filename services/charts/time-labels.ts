// How the labels of an axis of time are placed.

/** The first and the last day are said, and neither reaches over the edge of the drawing. */
export const WHOLE_ENDS = {
  showMinLabel: true,
  showMaxLabel: true,
  alignMinLabel: "left",
  alignMaxLabel: "right",
} as const;
