// TLS alerts: the one word that a TLS stack says before it hangs up, as a number and a name
// (RFC 8446 section 6.2 and RFC 5246 section 7.2).

/** Names by number, without hyphens or spaces. */
export const ALERTS: ReadonlyMap<number, string> = new Map([
  [0, "closenotify"],
  [10, "unexpectedmessage"],
  [20, "badrecordmac"],
  [22, "recordoverflow"],
  [40, "handshakefailure"],
  [42, "badcertificate"],
  [43, "unsupportedcertificate"],
  [44, "certificaterevoked"],
  [45, "certificateexpired"],
  [46, "certificateunknown"],
  [47, "illegalparameter"],
  [48, "unknownca"],
  [49, "accessdenied"],
  [50, "decodeerror"],
  [51, "decrypterror"],
  [70, "protocolversion"],
  [71, "insufficientsecurity"],
  [80, "internalerror"],
  [86, "inappropriatefallback"],
  [90, "usercanceled"],
  [109, "missingextension"],
  [110, "unsupportedextension"],
  [112, "unrecognizedname"],
  [113, "badcertificatestatusresponse"],
  [116, "certificaterequired"],
  [120, "noapplicationprotocol"],
]);

const NUMBERED = /\balert[- :]+(?:number )?(\d{1,3})(?!\d)/;
const NAMED = /\balert[-: ]+(?:number )?([a-z_ -]{5,40})/;

/** Said by the sender's own stack about what the MX showed it. */
const LOCAL = /\b(?:local[- ]|sent (?:fatal )?)alert\b/;

/**
 * "handshake-alert-70" for a text in lower case that tells of a TLS alert, and with "-by-sender" where
 * the sender's side gave it; "" for every other text.
 */
export function alertReason(text: string): string {
  if (!text.includes("alert")) return "";
  const number = NUMBERED.exec(text)?.[1] ?? numberOf(NAMED.exec(text)?.[1] ?? "");
  if (number === "") return "";
  const own = LOCAL.test(text) || text.endsWith("-by-sender");
  return `handshake-alert-${Number(number)}${own ? "-by-sender" : ""}`;
}

function numberOf(words: string): string {
  const name = words.replaceAll(/[^a-z]/g, "");
  for (const [number, known] of ALERTS) if (name.startsWith(known)) return `${number}`;
  return "";
}
