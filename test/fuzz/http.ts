// Target: the real HTTP listener with the report routes over raw sockets and a real spool. A 201 means one record
// with the bytes of the body, and everything else means none.

import { silent } from "../../services/observe/events.ts";
import { reportRoutes } from "../../services/receive/http.ts";
import { listenHttp } from "../../services/receive/http-listener.ts";
import type { Chance } from "./chance.ts";
import { partsOf, readExchange, requests } from "./http-requests.ts";
import { openSockets } from "./smtp.ts";
import { anything, openFuzzSpool, until } from "./spooled.ts";
import { exchange, type Sending, sendingOf } from "./stream.ts";
import { type Bench, Broken, hold, target } from "./target.ts";

interface HttpCase {
  bytes: Buffer;
  sending: Sending;
}

const MESSAGE_BYTES_MAX = 8_192;

function make(chance: Chance): HttpCase {
  const bytes = requests(chance);
  return { bytes, sending: { ...sendingOf(chance, bytes, chance.once(4)), greeted: false } };
}

const GOOD = Buffer.from(
  "POST /v1/tlsrpt HTTP/1.1\r\nHost: reports.example.com\r\nContent-Length: 4\r\n\r\ngood",
);

async function open(): Promise<Bench<HttpCase>> {
  const spool = await openFuzzSpool();
  const routes = reportRoutes({
    spool: spool.writer,
    messageBytesMax: MESSAGE_BYTES_MAX,
    emit: silent,
  });
  const { address, stop, kill } = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    fetch: (request, env) => routes.fetch(request, env),
    connectionsMax: 200,
    emit: silent,
    name: "report",
  });
  const post = async ({ bytes, sending }: HttpCase) => {
    const parts = partsOf(bytes);
    const read = (text: string) => readExchange(bytes, parts, text, MESSAGE_BYTES_MAX);
    const { came } = await exchange(address, sending, (text) => read(text).complete);
    return { came, ...read(came) };
  };
  return {
    async check(one) {
      const { came, fault, promised } = await post(one).catch((error) => {
        spool.add(anything(one.bytes));
        throw error;
      });
      spool.add(promised);
      if (fault !== "") throw new Broken(`${fault}: ${came.slice(0, 300)}`);
    },
    async settle() {
      const sending: Sending = {
        pieces: [GOOD],
        pauses: new Map(),
        greeted: false,
        end: "answers",
      };
      const { promised } = await post({ bytes: GOOD, sending });
      spool.add(promised);
      await until(() => openSockets() === 0);
      await spool.settle();
      hold(promised.kept.size === 1, "a good request is answered afterwards");
      hold(openSockets() === 0, "no connection is left over", openSockets);
    },
    async close() {
      kill();
      await stop().catch(() => {});
      await spool.close();
    },
  };
}

export const httpTarget = target<HttpCase>({
  name: "http",
  about: "requests to the report listener over raw sockets and a real spool",
  lanes: 16,
  make,
  print: ({ bytes }) => bytes,
  open,
});
