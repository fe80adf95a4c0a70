// Facts of a request for tests of ways in.

import type { RequestFacts } from "../../../services/access/access.ts";

export interface Asked {
  peer?: string;
  socketPeer?: string;
  headers?: Record<string, string>;
  cookies?: Record<string, string>;
  secure?: boolean;
}

/** A GET of the first page; header names in lower case. */
export function facts(asked: Asked = {}): RequestFacts {
  const { peer = "192.0.2.1", socketPeer = peer, headers = {}, cookies = {} } = asked;
  return {
    peer,
    socketPeer,
    method: "GET",
    path: "/",
    header: (name) => headers[name.toLowerCase()],
    cookie: (name) => cookies[name],
    secure: asked.secure ?? false,
  };
}
