// What is kept of the DKIM signatures of a mail (RFC 6376) as RFC 8460 section 3 looks at them.

/** Result of the signature that the verdict rests on; "" where nothing was looked at. */
export type DkimResult = "pass" | "fail" | "none" | "permerror" | "temperror" | "";

/** Which name of the report the signing domain is aligned with; "" without alignment. */
export type DkimBasis = "contact" | "submitter" | "from" | "";

export interface DkimVerdict {
  /** True when one signature passes, qualifies and is aligned. */
  verified: boolean;
  result: DkimResult;
  /** d= of the signature that the verdict rests on, a lower case A-label; "" without one. */
  domain: string;
  /** s= of it. */
  selector: string;
  basis: DkimBasis;
  /** Codes of what else is to be said; see NOTES in core/dkim/notes.ts. */
  notes: string[];
}

/** The verdict on what bears no signatures: posts, files that are no mail, and everything with DKIM off. */
export const NOT_LOOKED_AT: DkimVerdict = {
  verified: false,
  result: "",
  domain: "",
  selector: "",
  basis: "",
  notes: [],
};
