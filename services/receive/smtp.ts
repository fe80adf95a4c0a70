// The SMTP receiver: takes mail, makes it durable, says 250. It neither looks into a mail nor ever
// sends one; the protocol itself is smtp-server's work (RFC 5321), the bounds around it are ours.

import type { Server, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from "smtp-server";
import { SMTPConnection, type SMTPConnectionOptions } from "smtp-server/lib/smtp-connection.js";
import { SMTPStream } from "smtp-server/lib/smtp-stream.js";
import { BOUNDS } from "../core/bounds.ts";
import { Body } from "../core/limits/body.ts";
import type { RefusalReason } from "../core/outcome.ts";
import type { Emit } from "../observe/events.ts";
import { type Arriving, SpoolRefusal, type SpoolWriter } from "../spool/port.ts";
import { watchBody } from "./body-pace.ts";
import { DotStuffing } from "./dot-stuffing.ts";
import { createEdge, type Edge } from "./edge.ts";
import { type InFlight, processInFlight } from "./in-flight.ts";
import { takeProxyHeader } from "./proxy-header.ts";
import { type AcceptsRecipient, acceptNow } from "./recipients.ts";
import { createRoom, type Room } from "./room.ts";
import {
  checkTls,
  type ListenTarget,
  listen,
  plainPeer,
  printBound,
  type Running,
} from "./running.ts";
import { protocolOptions, type SmtpOptions } from "./smtp-options.ts";
import { createCommandPace } from "./smtp-pace.ts";
import { OWN_STATUS, SMTP_REPLIES } from "./smtp-replies.ts";

type Reply = (error?: Error | null, message?: string) => void;

/**
 * Listens for mail. Every message within the bounds is appended to the spool and answered 250 with
 * its receipt, whatever is in it; refusals are answered as smtp-replies.ts says and counted.
 * @throws ListenError when the address cannot be bound or the certificate cannot be used
 */
export async function startSmtp(options: SmtpOptions): Promise<Running> {
  const option = options.option ?? "SEALWATCH_SMTP_LISTEN";
  const target: ListenTarget = { host: options.host, port: options.port, option };
  if (options.tls !== null) checkTls(options.tls, target);
  const server = new ReportServer(options);
  await listen(server.server, target);
  server.server.on("error", (error) => server.failed(error));
  const address = printBound(server.server.address());
  options.emit("listening", { channel: "smtp", address, starttls: options.tls !== null });
  return {
    address,
    stop: () => server.stop(),
    kill: () => server.kill(),
    secure: (pair) => server.updateSecureContext(pair),
  };
}

class ReportServer extends SMTPServer {
  readonly connectionMsMax: number;
  /** Connections until their socket is closed; `connections` forgets them when they begin to close. */
  readonly open = new Set<ReportConnection>();
  readonly room: Room<ReportConnection>;
  readonly edge: Edge;
  stopping = false;
  readonly #spool: SpoolWriter;
  readonly #emit: Emit;
  readonly #accepts: AcceptsRecipient;
  readonly #inFlight: InFlight;
  readonly #messageBytesMax: number;
  readonly #local: { localAddress: string; localPort: number };
  #connections = 0;
  readonly #tls = new WeakMap<SMTPServerSession, string>();
  readonly #bySession = new WeakMap<SMTPServerSession, ReportConnection>();

  constructor(options: SmtpOptions) {
    super(protocolOptions(options));
    this.connectionMsMax = options.connectionMsMax ?? BOUNDS.smtpConnectionMsMax;
    this.#local = { localAddress: options.host, localPort: options.port };
    this.#spool = options.spool;
    this.#emit = options.emit;
    this.#accepts = acceptNow(options.recipients);
    this.edge = options.edge ?? createEdge();
    this.room = createRoom({
      connectionsMax: options.connectionsMax,
      edge: this.edge,
      idle: (connection) => !connection._dataStream,
      evict: (connection) => connection.makeRoom(),
    });
    this.#inFlight = options.inFlight ?? processInFlight;
    this.#messageBytesMax = options.messageBytesMax;
    // Those over connectionsMax are told 421; above twice as many they are not even accepted.
    const listener: Server = this.server;
    listener.maxConnections = 2 * options.connectionsMax;
    listener.on("drop", this.connectionRefused);
    this.on("error", (error: Error) => this.failed(error));
  }

  override _expectsProxyHeader(socket: Socket): boolean {
    return this.edge.sendsProxyHeader(plainPeer(socket.remoteAddress));
  }

  /** The client, where a named proxy says it; a number is name enough, and where we listen is known. */
  override _handleProxy(socket: Socket, done: Parameters<SMTPServer["_handleProxy"]>[1]): void {
    this.#connections += 1;
    const known = { id: String(this.#connections), ...this.#local };
    if (!this._expectsProxyHeader(socket)) {
      done(null, known);
      return;
    }
    const proxy = plainPeer(socket.remoteAddress);
    takeProxyHeader(socket, (error, source) => {
      if (error === null)
        return done(null, source === null ? known : { ...known, remoteAddress: source });
      this.#emit("proxy-header-invalid", { proxy, why: error.message });
      done(error);
    });
  }

  override connect(socket: Socket | TLSSocket, options?: SMTPConnectionOptions | null): void {
    const connection = new ReportConnection(this, socket, options);
    this.connections.add(connection);
    this.#bySession.set(connection.session, connection);
    connection.on("error", (error: Error) => this.failed(error));
    connection.init();
  }

  /** The library's own hooks wait for a turn of the event loop each; these do not. */
  override onConnect(_session: SMTPServerSession, done: Reply): void {
    done();
  }

  override onMailFrom(_address: SMTPServerAddress, session: SMTPServerSession, done: Reply): void {
    const limited = this.edge.take("smtp-message", plainPeer(session.remoteAddress)) > 0;
    // Not in this very tick: smtp-server forgets to go on when a mail that was sent along with the
    // one before it ends within the same call.
    if (limited) process.nextTick(done, this.refusal("rate-limited"));
    else process.nextTick(done);
  }

  override onRcptTo(address: SMTPServerAddress, _session: SMTPServerSession, done: Reply): void {
    if (this.#accepts(address.address)) done();
    else done(this.refusal("recipient-unknown"));
  }

  override onSecure(socket: Socket | TLSSocket, session: SMTPServerSession, done: Reply): void {
    if (socket instanceof TLSSocket) {
      const version = socket.getProtocol() ?? "TLS";
      this.#tls.set(session, `${version} ${socket.getCipher().standardName}`);
    }
    done();
  }

  override onData(stream: SMTPServerDataStream, session: SMTPServerSession, done: Reply): void {
    const peer = plainPeer(session.remoteAddress);
    const hold = this.#inFlight.open(this.edge, peer, this.#messageBytesMax);
    const body = new Body(hold, this.#messageBytesMax);
    const connection = this.#bySession.get(session);
    const unwatch = watchBody(body, () => connection?.cut("aborted"));
    const over = () => {
      unwatch();
      this.edge.charge("smtp-message", peer, body.received);
    };
    const drainBytesMax = this.#messageBytesMax + BOUNDS.drainBytesMax;
    stream.on("data", (piece: Buffer) => {
      body.add(piece);
      if (body.received > drainBytesMax) connection?.cut(body.refusal);
    });
    stream.once("end", () => {
      over();
      void this.#append(body, session, done);
    });
    // The connection ended in the middle of the message; nobody is there to be told.
    stream.once("error", () => {
      over();
      body.release();
      this.refusal(body.refusal ?? "aborted");
    });
  }

  async #append(body: Body, session: SMTPServerSession, done: Reply): Promise<void> {
    if (body.refusal !== null) return done(this.refusal(body.refusal));
    const bytes = body.bytes();
    try {
      const receipt = await this.#spool.append(this.#arriving(session), bytes);
      this.#emit("message-accepted", { channel: "smtp", bytes: bytes.length, receipt });
      this.#bySession.get(session)?.useful();
      done(null, `2.0.0 Ok: received as ${receipt}`);
    } catch (error) {
      const known = error instanceof SpoolRefusal;
      if (!known) this.#emit("receiver-failed", { channel: "smtp", error });
      done(this.refusal(known ? error.reason : "spool-failed"));
    } finally {
      body.release();
    }
  }

  #arriving(session: SMTPServerSession): Arriving {
    const { mailFrom, rcptTo } = session.envelope;
    return {
      channel: "smtp",
      peer: plainPeer(session.remoteAddress),
      helo: session.hostNameAppearsAs,
      tls: this.#tls.get(session) ?? "",
      mailFrom: mailFrom === false ? "" : mailFrom.address,
      rcptTo: rcptTo.map((recipient) => recipient.address),
      contentType: "",
      fileName: "",
      key: "",
      reprocess: false,
    };
  }

  /** Counts a refusal and gives what the client is to be told. */
  refusal(reason: RefusalReason): Error {
    this.#spool.refuse("smtp", reason);
    // One address can be refused very often, and is told of as an address.
    const event = reason === "rate-limited" ? "message-limited" : "message-refused";
    this.#emit(event, { channel: "smtp", reason });
    const { code, text } = SMTP_REPLIES[reason];
    return Object.assign(new Error(text), { responseCode: code });
  }

  connectionRefused = (): void => this.#emit("connection-refused", { channel: "smtp" });

  failed(error: Error): void {
    this.#emit("connection-failed", { channel: "smtp", error: error.message });
  }

  stop(): Promise<void> {
    this.stopping = true;
    return new Promise((resolve) => {
      this.close(() => {
        this.kill();
        resolve();
      });
      for (const connection of this.connections) {
        if (connection instanceof ReportConnection) connection.endSoon();
      }
    });
  }

  kill(): void {
    this.stopping = true;
    if (this.server.listening) this.server.close();
    for (const connection of this.open) connection.destroy();
  }
}

/** The library's own reading of DATA takes a turn of the event loop for every line with a dot. */
class ReportStream extends SMTPStream {
  #mail = new DotStuffing();

  override startDataMode(bytesMax?: number | string | null): SMTPServerDataStream {
    this.#mail = new DotStuffing();
    return super.startDataMode(bytesMax);
  }

  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    const { content, rest } = this.#mail.feed(chunk);
    this._countDataBytes(content.length);
    const stream = this._dataStream;
    if (rest !== null) this._endDataMode(content, rest, done);
    else if (stream === null || content.length === 0 || !stream.writable) done();
    else if (stream.write(content)) done();
    else whenDrained(stream, done);
  }
}

/** A stream that is destroyed never drains, it only closes. */
function whenDrained(stream: SMTPServerDataStream, done: () => void): void {
  const once = () => {
    stream.off("drain", once);
    stream.off("close", once);
    done();
  };
  stream.once("drain", once);
  stream.once("close", once);
}

class ReportConnection extends SMTPConnection {
  readonly pace = createCommandPace();
  readonly #report: ReportServer;
  #deadline: NodeJS.Timeout | undefined;
  #expired = false;

  constructor(
    server: ReportServer,
    socket: Socket | TLSSocket,
    options?: SMTPConnectionOptions | null,
  ) {
    super(server, socket, options);
    this.#report = server;
  }

  /** Without the library's 100 ms wait for early talkers, which would bound the whole receiver. */
  override init(): void {
    this.#report.open.add(this);
    this.#deadline = setTimeout(() => this.#expire(), this.#report.connectionMsMax);
    this.#deadline.unref();
    this._setListeners(() => {
      if (this.#report.stopping) return this.#farewell();
      const peer = plainPeer(this.remoteAddress);
      const entered = this.#report.room.enter(this, peer);
      if (entered === "in" && this.#report.edge.take("smtp-connection", peer) === 0) {
        this.connectionReady();
        return;
      }
      this.#report.connectionRefused();
      if (entered === "full") {
        return this.send(421, `${this.name} Too many connections, try again later`, false);
      }
      this.send(421, "4.7.0 Too many connections from your address, try again later");
    });
  }

  override _createParser(): SMTPStream {
    const parser = new ReportStream();
    parser.oncommand = (command, done) => {
      const next = this.pace.step(done);
      if (next !== null) this._onCommand(command, next);
      else this.send(421, "4.7.0 Too many commands without a message");
    };
    parser.on("error", (error: Error) => this.send(421, error.message));
    return parser;
  }

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own = typeof data === "string" && OWN_STATUS.test(data);
    super.send(code, data, own ? false : context);
    if (code !== 421 && this.#ending && !this._dataStream) this.#farewell();
  }

  override _validateMailParams(
    parsed: Parameters<SMTPConnection["_validateMailParams"]>[0],
  ): ReturnType<SMTPConnection["_validateMailParams"]> {
    const fault = super._validateMailParams(parsed);
    if (fault?.code === SMTP_REPLIES["too-large"].code) this.#report.refusal("too-large");
    return fault;
  }

  override _onClose(): void {
    clearTimeout(this.#deadline);
    this.#report.open.delete(this);
    this.#report.room.leave(this);
    super._onClose();
  }

  /** Ends the connection, after the message that is on its way. */
  endSoon(): void {
    if (!this._dataStream) this.#farewell();
  }

  /** Ends the connection in the middle of a message that is far too long. */
  cut(reason: RefusalReason | null): void {
    if (this._closing) return;
    const { code, text } = SMTP_REPLIES[reason ?? "too-large"];
    this.send(code, text);
    this.close();
    this._socket.destroySoon();
  }

  /** Ends the connection for the sake of another one; this client has the most of them. */
  makeRoom(): void {
    this.#report.connectionRefused();
    this.send(421, "4.7.0 Too many connections from your address, try again later");
    this._socket.destroySoon();
  }

  /** A message was taken. */
  useful(): void {
    this.pace.useful();
    this.#report.room.useful(this);
  }

  destroy = (): unknown => this._socket.destroy();

  get #ending(): boolean {
    return this.#expired || this.#report.stopping;
  }

  #expire(): void {
    this.#expired = true;
    const awaitsUs = this._dataStream && this._parser && !this._parser._dataMode;
    if (!awaitsUs) super.send(421, "4.4.2 Connection took too long", false);
  }

  #farewell(): void {
    const { code, text } = SMTP_REPLIES[this.#expired ? "aborted" : "stopping"];
    super.send(code, this.#expired ? "4.4.2 Connection took too long" : text, false);
  }
}
