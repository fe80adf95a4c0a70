// Every bound of the program, with its unit in the name and the reason beside it (invariant 8).
// A bound that a user may move is an option in config/options.ts whose default stands here.

const KIB = 1024;
const MIB = 1024 * KIB;

export const BOUNDS = {
  // --- one report as received -------------------------------------------------------------------

  /** RFC 8460 section 5.2 speaks of receivers that take ten megabytes; base64 adds a third. */
  messageBytesMax: 25 * MIB,
  /** Request line and headers of one HTTP request: Node's own default, stated. */
  httpHeaderBytesMax: 16 * KIB,
  /** Time for a whole HTTP request to arrive; a slow sender must not hold a socket for ever. */
  httpRequestMsMax: 120_000,
  /** Decoded JSON of one report: 100,000 failure details take about 30 MB. */
  reportBytesMax: 64 * MIB,
  /** All decoded bytes of one received message together, so that many parts do not add up. */
  decodedBytesMax: 96 * MIB,
  /** gzip in gzip is seen; a third layer never was. */
  compressionLayersMax: 3,
  /** Entries read from one zip file. */
  zipEntriesMax: 16,

  // --- one mail ---------------------------------------------------------------------------------

  /** The header block of the mail or of one part; Google with ARC and DKIM stays below 16 KiB. */
  mailHeaderBytesMax: 256 * KIB,
  /** Parts of one mail; a report mail has two or three. */
  mailPartsMax: 100,
  /** Multipart and message/rfc822 nesting; a forwarded report has four levels. */
  mailDepthMax: 12,
  /** Reports taken from one mail or one file. */
  reportsPerMessageMax: 50,

  // --- one report as parsed ---------------------------------------------------------------------

  /** Nesting of the JSON text; a conforming report has six levels. */
  jsonDepthMax: 64,
  policiesMax: 10_000,
  failureDetailsMax: 250_000,
  policyLinesMax: 1_000,
  mxPatternsMax: 1_000,
  /** One string of a report as kept in a row; longer ones are cut, with a deviation. */
  textCharsMax: 4_096,
  /** Deviations kept on one report; the count of the rest is kept in the last one. */
  deviationsMax: 200,
  /** Sessions in one count: more than ten million a second for a whole day is not a count. */
  sessionCountMax: 1_000_000_000_000,
  /** The first TLS-RPT drafts are of 2016. */
  reportDayFirst: "2016-01-01",
  /** A report day may lie ahead of our clock by a zone and a wrong clock, not more. */
  reportDaysAheadMax: 7,

  // --- receivers --------------------------------------------------------------------------------

  smtpConnectionsMax: 500,
  smtpRecipientsMax: 100,
  smtpIdleMsMax: 60_000,
  smtpConnectionMsMax: 600_000,
  httpConnectionsMax: 1_000,
  /** Bytes of messages that are held in memory by all receivers together, not yet durable. */
  inFlightBytesMax: 256 * MIB,

  // --- spool ------------------------------------------------------------------------------------

  /** A segment is handed to the writer when it has this many records or bytes, or is this old. */
  segmentRecordsMax: 1_000,
  segmentBytesMax: 16 * MIB,
  segmentAgeMsMax: 250,
  /** Records that share one fsync. */
  commitRecordsMax: 256,
  /** Default size of the whole spool: a week of a busy platform without its store. */
  spoolBytesMax: 20 * 1024 * MIB,
  /** Default free space that acceptance leaves on the disk, so that the spool can be drained. */
  diskFreeBytesMin: 512 * MIB,
  /** After this silence of its owner an open segment of another machine is taken over. */
  ownerSilenceMsMax: 30_000,

  // --- writer -----------------------------------------------------------------------------------

  batchRecordsMax: 2_000,
  batchBytesMax: 32 * MIB,
  /** Records given to a decoding worker at a time. */
  decodeChunkRecordsMax: 50,
  decodeChunkBytesMax: 4 * MIB,
  /** A worker that takes longer over one chunk is ended, its records are tried one by one. */
  decodeMsMax: 30_000,
  /** Heap of one decoding worker: a report of the largest allowed size fits several times. */
  decodeHeapMbMax: 1_024,
  /** Waits between attempts while the store is away. */
  storeRetryMsFirst: 250,
  storeRetryMsMax: 15_000,

  // --- store and queries ------------------------------------------------------------------------

  storeRequestMsMax: 120_000,
  insertBytesMax: 32 * MIB,
  queryMsMax: 15_000,
  queryRowsMax: 10_000,
  queryRowsDefault: 1_000,
  queryMemoryBytesMax: 2 * 1024 * MIB,
  /** Memory of the embedded engine as a whole. */
  engineMemoryBytesMax: 2 * 1024 * MIB,
  /** Buckets of one trend: four hundred days, or seventeen days of hours. */
  trendBucketsMax: 400,

  // --- the program ------------------------------------------------------------------------------

  /** SIGTERM drains for as long as this, then the rest stays in the spool for the next start. */
  stopMsMax: 20_000,
} as const;
