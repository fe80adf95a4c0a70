// Names of columns as people read them, wherever they stand over a number.

/** Words of the field that a name of a column has in small letters. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  asn: "ASN",
  as: "AS",
  dkim: "DKIM",
  helo: "HELO",
  id: "ID",
  ip: "IP",
  ms: "(ms)",
  mx: "MX",
  sts: "MTA-STS",
  tls: "TLS",
  tlsa: "TLSA",
};

/** Names that would not be understood word by word. */
const NAMED: Readonly<Record<string, string>> = {
  actor: "Who must act",
  bucket: "From",
  protected_rate: "Sessions with TLS demanded",
  protected_sessions: "Sessions with TLS demanded (count)",
  whose: "Whose fault",
};

/** "failed_sessions" as "Failed sessions", "sending_ip" as "Sending IP". */
export function labelOf(name: string): string {
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (named !== undefined) return named;
  const words = name.split("_").map((word) => ABBREVIATIONS[word] ?? word);
  const label = words.join(" ");
  return `${label.slice(0, 1).toUpperCase()}${label.slice(1)}`;
}
