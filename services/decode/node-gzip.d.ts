// Types of node-gzip 1.1.2, which brings none; only what inflate.ts uses.

declare module "node-gzip" {
  import type { ZlibOptions } from "node:zlib";

  const nodeGzip: { ungzip(input: Uint8Array, options?: ZlibOptions): Promise<Buffer> };
  export = nodeGzip;
}
