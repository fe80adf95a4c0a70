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
  /** Compressed reports unfold 5 to 50 times; beyond this, and beyond some bytes, it is a bomb. */
  inflateRatioMax: 250,
  inflateRatioBytesMin: MIB,
  /** gzip in gzip is seen; a third layer never was. */
  compressionLayersMax: 3,
  /** Entries read from one zip file. */
  zipEntriesMax: 16,
  /** Members of one gzip file that are walked one by one when zlib stumbles over it. */
  gzipMembersMax: 1_000,
  /** Output is unfolded in pieces of the announced size up to this: fewer turns of the event loop. */
  inflateChunkBytesMax: 1 * MIB,
  /** Up to this size, in and out, unfolding is done at once and not through zlib's thread pool. */
  inflateSyncBytesMax: 64 * KIB,
  /** How far into a text its kind is looked for: a header line has 998 characters at most. */
  textHeadBytesMax: 4 * KIB,

  // --- one mail ---------------------------------------------------------------------------------

  /** The header block of the mail or of one part; Google with ARC and DKIM stays below 16 KiB. */
  mailHeaderBytesMax: 256 * KIB,
  /** All header blocks of one mail together: mailparser works through every line of them. */
  mailHeadersBytesMax: 1 * MIB,
  /** A MIME boundary: RFC 2046 section 5.1.1 allows 70 characters, some senders more. */
  mailBoundaryCharsMax: 256,
  /** Parts of one mail; a report mail has two or three. */
  mailPartsMax: 100,
  /** Multipart and message/rfc822 nesting; a forwarded report has four levels. */
  mailDepthMax: 12,
  /** Reports taken from one mail or one file. */
  reportsPerMessageMax: 50,

  // --- one report as parsed ---------------------------------------------------------------------

  /** Nesting of the JSON text; a conforming report has six levels. */
  jsonDepthMax: 64,
  /** Up to this size a JSON text is parsed first and looked at afterwards, however it nests. */
  jsonHarmlessBytesMax: 64 * KIB,
  /** Objects, arrays and members of one JSON text: the largest report has three million. */
  jsonMembersMax: 4_000_000,
  policiesMax: 10_000,
  failureDetailsMax: 250_000,
  policyLinesMax: 1_000,
  /** One policy-string that is looked into for a JSON array: far more than a TLSA set has. */
  policyTextCharsMax: 64 * KIB,
  mxPatternsMax: 1_000,
  /** One string of a report as kept in a row; longer ones are cut, with a deviation. */
  textCharsMax: 1_024,
  /** Differences from the JSON Schema that are listed on one report. */
  schemaViolationsMax: 32,
  /** Characters of the rows of one report, which repeat its names in every failure detail. */
  reportRowCharsMax: 200_000_000,
  /** Deviations kept on one report; the count of the rest is kept in the last one. */
  deviationsMax: 200,
  /** Sessions in one count: more than ten million a second for a whole day is not a count. */
  sessionCountMax: 1_000_000_000_000,
  /** A failure-reason-code as read, as kept in its normal form, and how often its rules are applied. */
  reasonReadCharsMax: 256,
  reasonCharsMax: 120,
  reasonRoundsMax: 6,
  /** Reason codes whose normal form is remembered; they repeat within and across reports. */
  reasonMemoMax: 2_048,
  /** IP addresses whose canonical form is remembered; they repeat within and across reports. */
  addressMemoMax: 4_096,
  /** Policies whose digest is remembered, and the length of one that is worth it. */
  policyMemoMax: 1_000,
  policyMemoCharsMax: 2_048,
  /** Dates whose text is remembered: reports come for few days at a time. */
  dateMemoMax: 400,
  /** The first TLS-RPT drafts are of 2016. */
  reportDayFirst: "2016-01-01",
  /** A report day may lie ahead of our clock by a zone and a wrong clock, not more. */
  reportDaysAheadMax: 7,

  // --- text around a report ---------------------------------------------------------------------

  /** A TLSRPT record; one with ten addresses has less than 1,000. */
  recordCharsMax: 8_192,
  /** What was found at a fault, as kept for the reader. */
  faultCharsMax: 200,
  /** File name, Subject or header that a hint is read from; Google's longest stay below 300. */
  hintCharsMax: 2_048,
  /** Text that is tried against a format of JSON Schema; none that we use is as long. */
  formatCharsMax: 2_048,
  /** Elements of each array that the full list of schema violations looks at. */
  violationElementsMax: 25,

  // --- receivers --------------------------------------------------------------------------------

  smtpConnectionsMax: 500,
  smtpRecipientsMax: 100,
  /** Commands of one connection without a message being taken; a mail to 100 recipients has 103. */
  smtpCommandsMax: 1_000,
  /** Commands of one connection that are answered in a row before all others have their turn. */
  smtpCommandsAtOnce: 16,
  smtpIdleMsMax: 60_000,
  smtpConnectionMsMax: 600_000,
  httpConnectionsMax: 1_000,
  /** What a message has over its bound is read and dropped up to here, so that the answer is seen. */
  drainBytesMax: 64 * MIB,
  /** Time for the head of an HTTP request; reports come in one go. */
  httpHeadersMsMax: 20_000,
  /** Quiet time after which a kept HTTP connection is closed; load balancers keep one for 60 s. */
  httpKeepAliveMsMax: 65_000,
  /** After it was told that it cannot be read, the other side has this long to close. */
  httpLingerMsMax: 5_000,
  /** Announced bodies up to here are read in one step, since all connections together fit memory. */
  httpSmallBodyBytesMax: 64 * KIB,
  /** Bytes of messages that are held in memory by all receivers together, not yet durable. */
  inFlightBytesMax: 256 * MIB,
  /** An eighth of it for one address (or one message, where that is allowed to be larger). */
  inFlightAddressShare: 1 / 8,
  /** And as much again for messages up to httpSmallBodyBytesMax alone, as most reports are. */
  inFlightReserveShare: 1 / 8,
  /** What is held in memory may pause for ten seconds, and come no slower than a modem over thirty. */
  bodySilentSecondsMax: 10,
  bodySlowSecondsMax: 30,
  bodyBytesPerSecondMin: 8 * KIB,

  // --- limits on one address --------------------------------------------------------------------

  /**
   * Mails and posts of one address in a minute: a platform's 50,000 reports pass in ten minutes, and
   * what the program takes in altogether is many times as much. Mail beyond it is tried again by its
   * sender; posts are not, so ten minutes' worth may come at once.
   */
  smtpMessagesPerMinute: 6_000,
  smtpConnectionsPerMinute: 6_000,
  postsPerMinute: 6_000,
  limitBurstMinutesReports: 10,
  /** A mail or post counts once for each of these: reports of honest platforms are smaller than one. */
  limitUnitBytes: 64 * KIB,
  /** Requests of readers: a page asks for some ten things, and an office may have one address. */
  requestsPerMinute: 1_200,
  limitBurstMinutesReaders: 1,
  /** Connections of one address at a listener: large senders keep 20, and one cannot take them all. */
  connectionsPerAddress: 100,
  /** A /48 of IPv6 is a site (RFC 6177): it may have as much as so many addresses. */
  limitSiteShares: 4,
  limitPerMinuteMax: 10_000_000,
  /** Addresses whose use is remembered: some 100 bytes each. */
  limitKeysMax: 100_000,
  /** An address that is limited is told of this often, and so many addresses. */
  limitToldSeconds: 60,
  limitToldKeysMax: 1_000,

  // --- proxies ----------------------------------------------------------------------------------

  /** The PROXY line is 107 bytes at most; the binary header may carry extras, such as TLS names. */
  proxyHeaderBytesMax: 4 * KIB,
  /** A proxy sends its header with the connection. */
  proxyHeaderMsMax: 5_000,
  /** Addresses in a forwarding header that are looked at, from the right. */
  forwardedAddressesMax: 32,

  // --- certificates -----------------------------------------------------------------------------

  /** How often the files are looked at; renewals are days before the end. */
  certificatePollMs: 2_000,

  // --- addresses --------------------------------------------------------------------------------

  /** How long one answer waits for names of addresses, and how long one question may take. */
  reverseWaitMsMax: 300,
  reverseTryMsMax: 2_000,
  /** Questions to reverse DNS at a time, and addresses that are asked for or wait. */
  reverseConcurrencyMax: 8,
  reverseWaitingMax: 1_000,
  /** Addresses that are remembered, and how long: a name, none, and a failure or silence. */
  reverseMemoMax: 20_000,
  reverseFoundMs: 6 * 3_600_000,
  reverseNoneMs: 3_600_000,
  reverseFailedMs: 60_000,
  /** The file of networks is read whole; those of all networks have some ten megabytes. */
  asnDatabaseBytesMax: 512 * MIB,
  /** How often it is looked whether it has changed; new ones come every few days. */
  asnDatabasePollMs: 10_000,
  /** Characters of the name of a network's organization. */
  asOrganizationCharsMax: 200,

  // --- spool ------------------------------------------------------------------------------------

  /** A segment is handed to the writer when it has this many records or bytes, or is this old. */
  segmentRecordsMax: 1_000,
  segmentBytesMax: 16 * MIB,
  segmentAgeMsMax: 250,
  /** With so many segments waiting nobody is in a hurry: larger ones keep the folder small. */
  segmentBacklogMax: 64,
  segmentAgeMsMaxBacklog: 5_000,
  /** Records that share one fsync, and their bytes; one larger message goes alone. */
  commitRecordsMax: 256,
  commitBytesMax: 8 * MIB,
  /** Segments in a row that are taken away under a commit before it gives up. */
  commitAttemptsMax: 5,
  /** How often free space and the size of the spool are looked up. */
  spoolScanMs: 1_000,
  /** Counts of refusals are written to the spool at most this often. */
  refusalFlushMs: 10_000,
  /** An outcome that nobody has fetched is removed after a day. */
  outcomeAgeMsMax: 86_400_000,
  /** The holder of the data folder shows that it lives this often. */
  lockHeartbeatMs: 2_000,
  /** Default size of the whole spool: a week of a busy platform without its store. */
  spoolBytesMax: 20 * 1024 * MIB,
  /** Default free space that acceptance leaves on the disk, so that the spool can be drained. */
  diskFreeBytesMin: 512 * MIB,
  /** After this silence of its owner an open segment of another machine is taken over. */
  ownerSilenceMsMax: 30_000,

  // --- who sent it ------------------------------------------------------------------------------

  /** DKIM signatures of one mail that are looked at; Google sends two, forwarders add one each. */
  dkimSignaturesMax: 8,
  /** How far the clock of a signer may be ahead of ours. */
  dkimClockMsMax: 3_600_000,
  /** The TXT record of one key, in characters: RSA with 4096 bits takes 800. */
  dkimKeyCharsMax: 4_096,
  /** TXT records at one name that are looked at. */
  dkimKeyRecordsMax: 10,
  /** How long an answer of DNS is remembered: a key that is there, none, and silence. */
  dkimKeyFoundMs: 600_000,
  dkimKeyAbsentMs: 120_000,
  dkimKeyUnknownMs: 20_000,
  /** Names that are remembered: at most 16 MB with the longest keys. */
  dkimKeyMemoMax: 4_096,
  /** Questions to DNS at a time, fewer while nothing is answered, and those of one signing domain. */
  dnsConcurrencyMax: 64,
  dnsConcurrencyMaxSilent: 8,
  dnsConcurrencyMaxPerLane: 2,
  /** Signing domains that wait for their turn, questions of each, and domains that are remembered. */
  dnsLanesWaitingMax: 256,
  dnsWaitingMaxPerLane: 32,
  dnsLanesMax: 4_096,
  /** A domain whose DNS was silent is not asked again for so long, twice as long each time. */
  dnsRestMsFirst: 5_000,
  dnsRestMsMax: 60_000,
  /** One question to one resolver, and how often it is asked. */
  dnsTryMsMax: 1_500,
  dnsTries: 2,
  /**
   * Domains in a row without any answer after which the resolver is asked for the root, and how often it
   * is asked again; while it does not answer nobody waits for DNS.
   */
  dnsSilencesMax: 3,
  dnsProbeMs: 1_000,
  /**
   * How long the decoding of one slice of messages waits for keys, and how much of all time: a slow
   * DNS, or a sender who has one, must not hold up the reports of others.
   */
  dnsWaitMsMax: 1_000,
  dnsWaitShare: 0.2,
  /** An import waits for longer: nobody else does, and it is not tried again later. */
  dnsWaitMsMaxImport: 5_000,
  /** Retries of reports whose key was not found: how often they are looked for, and how many at once. */
  dkimRetryPollMs: 10_000,
  dkimRetryPollMsMax: 60_000,
  dkimRetriesMax: 100,
  /** Waiting messages of one signing domain, and of all, that are looked at in one round. */
  dkimRetriesMaxPerDomain: 200,
  dkimRetriesSeenMax: 10_000,
  dkimRetryBytesMax: 64 * MIB,
  /** A report whose DKIM key cannot be looked up waits for so long: senders of mail give up then too. */
  dkimRetryMsMaxRequire: 5 * 86_400_000,
  /** Where unsigned reports count anyhow, it counts after this. */
  dkimRetryMsMaxFlag: 15 * 60_000,
  /** Deferred reports are looked for so far back; farther until none is left there after a start. */
  dkimRetryMsBack: 14 * 86_400_000,

  // --- for whom ---------------------------------------------------------------------------------

  /** Domains in one file; an MSP has 50,000. */
  domainsMax: 200_000,
  /** JSON is read in a moment: 50,000 domains take 10 MiB. */
  domainsFileBytesMax: 64 * MIB,
  /** YAML takes a second for so much, in which nothing is received. */
  domainsYamlBytesMax: 1 * MIB,
  /** Aliases, MX hosts, addresses and keys of one domain, of each. */
  domainNamesMax: 1_000,
  /** Mistakes of the file of domains that are told at once. */
  domainProblemsMax: 100,
  /** A key of a URL: 16 characters of 64 kinds are 96 bits. */
  urlKeyCharsMin: 16,
  urlKeyCharsMax: 128,
  /** Domains that a message about a report of nobody names. */
  domainsNamedMax: 5,
  /** MX look-ups at a time, and the time for one. */
  mxLookupsMax: 16,
  mxLookupMsMax: 10_000,
  /** How often all MX hosts are looked up, and how soon again when DNS did not answer. */
  mxRoundMs: 6 * 3_600_000,
  mxRetryMs: 10 * 60_000,
  /** Look-ups in a row without an answer after which a round gives up. */
  mxFailuresMax: 64,
  /** MX hosts of one domain; Google had five. */
  mxHostsMax: 50,
  /**
   * Bytes that are kept per hour of messages by mail and post that give no report; of the rest only the
   * rows. Anybody can send them, and with those of small ones it is two GiB a day at most.
   */
  unusableBytesMax: 64 * MIB,
  /** Messages up to this size, as nearly all reports are, have bytes of their own before these. */
  unusableSmallBytesMax: 64 * KIB,
  unusableSmallsBytesMax: 16 * MIB,

  // --- writer -----------------------------------------------------------------------------------

  /** More arrivals a second than this are a burst, which has the processors before the writer. */
  burstArrivalsPerSecond: 300,
  /** For so long a burst may hold the writer up; then both share until the spool is empty. */
  burstMsMax: 10_000,
  /** Segments of one batch together; a larger one goes alone. */
  batchBytesMax: 8 * MIB,
  /** Messages that are decoded at a time, and their bytes: 250 times as much may come out of them. */
  sliceRecordsMax: 100,
  sliceBytesMax: 512 * KIB,
  /** Characters of rows that are committed together. */
  partCharsMax: 16 * MIB,
  /** What a small segment counts for in a batch, so that a batch has 64 files at most. */
  batchSegmentBytesMin: 128 * KIB,
  /** Records given to a decoding worker at a time. */
  decodeChunkRecordsMax: 50,
  decodeChunkBytesMax: 4 * MIB,
  /** Records that one worker decodes at a time: zlib's threads overlap, and bombs do not add up. */
  decodeConcurrencyMax: 4,
  /** A worker that takes longer over one chunk is ended, its records are tried one by one. */
  decodeMsMax: 60_000,
  /** A worker that is not ready by then hangs, as it does without file descriptors, and is ended. */
  decodeStartMsMax: 20_000,
  /** Heap of one decoding worker: a report of the largest allowed size fits several times. */
  decodeHeapMbMax: 1_024,
  /** Room for the short-lived objects of one decoding worker; less of it is collected more often. */
  decodeYoungHeapMbMax: 32,
  /** Wait after the spool could not be listed, or no thread could be started. */
  writerRetryMs: 1_000,
  /** Other contents that are kept of one identity; of more the ledger alone knows. */
  conflictsKeptMax: 100,
  /** Waits between attempts while the store is away. */
  storeRetryMsFirst: 250,
  storeRetryMsMax: 15_000,

  // --- store and queries ------------------------------------------------------------------------

  storeRequestMsMax: 120_000,
  /** SQL text of one statement: what ClickHouse reads by default. */
  statementBytesMax: 256 * KIB,
  /** Keys that are named in one statement; each takes up to 200 bytes. */
  statementKeysMax: 500,
  /** Wait for most replicas to have an insert; less than the call itself may take. */
  insertQuorumMsMax: 60_000,
  insertBytesMax: 32 * MIB,
  queryMsMax: 15_000,
  queryRowsMax: 10_000,
  queryRowsDefault: 1_000,
  /** Reports written more than once that are merged by themselves in one read; beyond, all are. */
  rewrittenKeysMax: 4_096,
  /** Times that a read is made again because something was written again meanwhile; then all is merged. */
  rewrittenRoundsMax: 3,
  /** Small reads that are known to find rows that were written again: 88 bytes each or so. */
  rewrittenReadsKnownMax: 10_000,
  queryMemoryBytesMax: 2 * 1024 * MIB,
  /** One answer; the largest is a report's raw bytes in base64. */
  queryResultBytesMax: 256 * MIB,
  storeConnectionsMax: 16,
  /** Memory of the embedded engine as a whole. */
  engineMemoryBytesMax: 2 * 1024 * MIB,
  /** One insert at the embedded engine: a row with the largest report in base64 fits. */
  engineRequestBytesMax: 128 * MIB,
  /** SQL text with its parameters. */
  engineStatementBytesMax: 8 * MIB,
  /** Like a server's http_max_uri_size. */
  engineHeaderBytesMax: 1 * MIB,
  engineConnectionsMax: 128,
  /** Operations at a time, apart so that slow reads never block inserts; together below the
   * threads of the engine's pool, so that files and stops still get one. */
  engineReadsMax: 6,
  engineWritesMax: 4,
  engineThreads: 16,
  engineWaitingMax: 256,
  /** A folder that a dying predecessor still holds is tried again for this long. */
  engineLockMsMax: 5_000,
  /** Opening a folder with very many parts on a slow disk. */
  engineOpenMsMax: 120_000,
  engineStopMsMax: 5_000,
  engineRestartMsFirst: 100,
  engineRestartMsMax: 15_000,
  /** Buckets of one trend: four hundred days, or seventeen days of hours. */
  trendBucketsMax: 400,
  /** How long the newest report is remembered, and for how many sets of tenants. */
  newestReportKeptMs: 5_000,
  newestReportScopesMax: 64,
  /** Organizations of one problem that are looked at, and that report on its domain; hundreds do. */
  problemOrganizationsMax: 2_000,
  problemReportersMax: 2_000,
  /** MX hosts with failures of one domain that are compared with its policy. */
  problemHostsMax: 200,
  /** Names of organizations that a problem shows. */
  problemNamesMax: 10,
  /** Days up to now that a query is about when it does not say. */
  queryDaysDefault: 30,
  /** Days before the range that a sender is remembered for: it fell silent, and is no longer news after. */
  reporterLookBackDays: 90,
  /** What the store's Date type can hold. */
  queryDayFirst: "1970-01-01",
  queryDayLast: "2149-06-06",
  /** Values of one repeatable parameter. */
  queryValuesMax: 100,
  /** Characters of one parameter: names are far shorter. */
  queryValueCharsMax: 1_024,
  /** A list of columns: no panel has more than fits. */
  queryListCharsMax: 4 * KIB,
  /** A cursor holds the sort key of a row: two texts of a report as long as they can be. */
  queryCursorCharsMax: 12 * KIB,

  // --- tokens -----------------------------------------------------------------------------------

  /** The server looks once a second whether the file of tokens was replaced. */
  tokenFileLookMs: 1_000,
  /** Ten thousand tokens with some tenants each. */
  tokenFileBytesMax: 8 * MIB,
  /** As in schemas/access/tokens.schema.json. */
  tokensMax: 10_000,
  tokenTenantsMax: 1_000,
  tokenNameCharsMax: 100,
  /** A change of the file takes milliseconds; a lock older than this was left behind. */
  privateFileLockAgeMsMax: 10_000,
  privateFileLockMsMax: 15_000,

  // --- log-in -----------------------------------------------------------------------------------

  /** Default life of a session: a working day. */
  sessionHoursDefault: 12,
  sessionHoursMax: 30 * 24,
  /** A theme, and the page to go back to. */
  themeBodyBytesMax: 8 * KIB,
  /** A browser forgets a chosen theme after a year without a choice. */
  themeCookieSeconds: 365 * 86_400,
  /** A browser keeps the cookie longer than it counts, so that it can be told that it ended. */
  sessionCookieSecondsMore: 7 * 86_400,
  /** Browsers take 4,096 bytes of name, value and attributes (RFC 6265 section 6.1). */
  cookieCharsMax: 3_800,
  /** Attempts to log in of one address: a person mistypes a few times. */
  loginsPerMinute: 10,
  loginsBurst: 20,
  /** A log-in at the provider that takes longer is begun again. */
  loginFlowMsMax: 10 * 60_000,
  /** The form holds a token and a path. */
  loginBodyBytesMax: 8 * KIB,
  /** Characters of a local address to go to after log-in: all parameters of a page fit. */
  nextCharsMax: 2_000,
  /** Ended sessions that are remembered; beyond, all sessions end by a new key. */
  endedSessionsMax: 10_000,
  /** How long a process may not notice a changed session key. */
  sessionKeyKeptMs: 1_000,
  /** Characters of a person's name or of a group: names of directories have up to 255. */
  personCharsMax: 100,
  groupCharsMax: 255,
  /** Grants of auth.groups: their marks fit into a session's cookie. */
  groupGrantsMax: 100,
  /** Groups of one person that are looked at: some directories send thousands. */
  groupsMax: 5_000,
  /** One answer of the identity provider may take so long; a failure is remembered this long. */
  oidcSecondsMax: 5,
  oidcRetryMs: 3_000,
  /** Clocks of provider and receiver may differ by so much. */
  oidcClockSecondsMax: 60,

  // --- the program ------------------------------------------------------------------------------

  /** Values in the address of a page, which every link of it repeats: of one name, and of all. */
  pageValuesMax: 20,
  pageValuesTotalMax: 50,
  /** Characters of all of them but cursors. */
  pageSearchCharsMax: 4 * KIB,
  /** Characters of a value or name as a page repeats it in words; addresses and fields have all. */
  pageWordsCharsMax: 100,
  /** Names that a page does not have and says so; the rest are counted. */
  pageStrangeNamesMax: 5,
  /** One name in the path of a page: no domain is longer. */
  pageNameCharsMax: 255,
  /**
   * Questions to the store at a time: of one request, such as a page with its sections, of one caller's pages
   * or of what it asks of the API, and of all.
   */
  requestReadsMax: 4,
  callerReadsMax: 8,
  readsMax: 12,

  /** Bytes of a report or message that its page shows as text; the download has all of them. */
  pageRawBytesMax: 64 * KIB,

  /** How often `sealwatch reprocess` asks for one thing that the server has no room for now, and waits. */
  reprocessTriesMax: 10,
  reprocessPauseMsMax: 60_000,
  /** Reprocessings of the pages at a time, each of uploadMessagesMax messages, and those of one caller. */
  reprocessRunsMax: 4,
  reprocessRunsMaxEach: 1,

  /** One text in a log line; longer ones are cut. */
  logTextCharsMax: 2_000,
  /** Depth to which objects and causes of errors are told in a log line. */
  logDepthMax: 4,
  /** Log lines that wait for a slow reader; more are dropped rather than held. */
  logBufferBytesMax: 4 * MIB,
  /** Different values of one metric label; the rest is counted as "other". */
  metricLabelValuesMax: 100,
  metricLabelCharsMax: 100,

  /** How often the clock is looked at, and how far back is no correction any more. */
  clockCheckMs: 1_000,
  clockBackMsMin: 10_000,
  /** /readyz waits for the store so long: those who ask have bounds of their own. */
  readyMsMax: 3_000,

  /** SIGTERM drains for as long as this, then the rest stays in the spool for the next start. */
  stopMsMax: 20_000,

  // --- files and progress on pages ----------------------------------------------------------------

  /** All files of one upload: one message of the largest size with what a form puts around it. */
  uploadBytesMax: 32 * MIB,
  /** Bodies of uploads that are held in memory, and those of one caller: one of the largest fits. */
  uploadsHeldBytesMax: 128 * MIB,
  uploadsHeldBytesMaxEach: 32 * MIB,
  /** Files that are read at a time: each may take a thread with decodeHeapMbMax. */
  uploadsMax: 2,
  /** Uploads that are there as a whole and wait for their turn, and those of one caller. */
  uploadsWaitingMax: 64,
  uploadsWaitingMaxEach: 16,
  /** Then a place is free again, most likely: a file takes well below a second. */
  uploadRetrySeconds: 2,
  /** Fields of the form beside its files, which has none, and the bytes of one. */
  uploadFieldsMax: 8,
  uploadFieldBytesMax: KIB,
  /** Headers of one part, which has two, and their bytes: a file name takes up to a thousand. */
  uploadHeadersMax: 16,
  uploadHeaderBytesMax: 8 * KIB,
  /** Bytes of a form that are taken apart before others have their turn, and the time for all of it. */
  uploadSliceBytesMax: 64 * KIB,
  uploadFormMsMax: 10_000,
  /** A folder that is dropped on the page; more of them are for `sealwatch import`. */
  uploadFilesMax: 200,
  /** Messages of one import of the page: their receipts are asked for together. */
  uploadMessagesMax: 1_000,
  /** One file: decoding takes a second at most, but for what is made to take long. */
  explainMsMax: 20_000,
  /** Reports of one file that are explained: an mbox may hold years. */
  explainReadingsMax: 100,
  /** Problems, policies, notes and deviations of one report: what a person reads. */
  explainListMax: 25,
  /** Addresses and texts of one problem. */
  explainNamesMax: 10,
  /** Domains of one page of records to publish; each has three forms of two records. */
  setupDomainsMax: 25,
  /** Names that are said of each of them. */
  setupOrganizationsMax: 12,
  /** Imports and reprocessings that can be looked after; the oldest is forgotten first. */
  progressTasksMax: 256,
  /** The ledger is asked for each watcher as often as this, and says so when nothing changes. */
  progressPollMs: 500,
  progressHeartbeatMs: 15_000,
  /** Then a watcher asks again by itself: nothing hangs for ever on a store that is away. */
  progressMsMax: 10 * 60_000,
  /** Each asks the store twice a second; one caller has few, so that others have some. */
  progressWatchersMax: 16,
  progressWatchersMaxEach: 4,

  // --- configuration and command line -----------------------------------------------------------

  /** A file with every option and its comments takes 5 KiB. */
  configFileBytesMax: 64 * KIB,
  /** Brackets in the file, and markers of nesting in one line; options are two levels deep. */
  configNestingMax: 200,
  /** Connections of one listener cannot be more: the peers of one address run out of ports. */
  portsMax: 65_535,
  /** Decoding is rarely the narrow place, and each worker may take decodeHeapMbMax. */
  decodeWorkersDefault: 4,
  decodeWorkersMax: 64,
  /** The engine does not get through a merge with less. */
  engineMemoryBytesMin: 256 * MIB,
  /** `sealwatch health`: an instance that takes longer is not well. */
  healthMsMax: 5_000,
  healthBodyBytesMax: 64 * KIB,
  /** Appends of an import that are on their way to the disk at a time, and their bytes. */
  importPendingMax: 128,
  importPendingBytesMax: 64 * MIB,
  /** A progress bar is drawn ten times a second at most. */
  progressMsMin: 100,
} as const;
