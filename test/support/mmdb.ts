// Writes files in the MaxMind DB format (https://maxmind.github.io/MaxMind-DB/), version 2.0, with IPv6 trees of
// 24 bits a record: as much of the format as the tests need.

import { parseNetwork } from "../../services/core/net/networks.ts";

type Value = string | number | { [key: string]: Value } | Value[];

const MARKER = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
const SEPARATOR_BYTES = 16;
const ADDRESS_BITS = 128;
/** IPv4 addresses stand at ::/96, not where IPv4-mapped ones do. */
const MAPPED_BITS = 96;

/** Field types of the data section. */
const TEXT = 2;
const UINT32 = 6;
const MAP = 7;
const ARRAY = 11;

/** The control bytes of a field; sizes from 29 on stand in bytes of their own. */
function control(type: number, size: number): Buffer {
  // Types above 7 have a byte of their own, less seven.
  if (type > 7) return Buffer.from([size, type - 7]);
  if (size < 29) return Buffer.from([(type << 5) | size]);
  if (size < 285) return Buffer.from([(type << 5) | 29, size - 29]);
  return Buffer.from([(type << 5) | 30, (size - 285) >> 8, (size - 285) & 255]);
}

function encode(value: Value): Buffer {
  if (typeof value === "string") {
    const text = Buffer.from(value);
    return Buffer.concat([control(TEXT, text.length), text]);
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(UINT32, bytes.length), bytes]);
  }
  if (Array.isArray(value))
    return Buffer.concat([control(ARRAY, value.length), ...value.map(encode)]);
  const entries = Object.entries(value);
  const pairs = entries.flatMap(([key, one]) => [encode(key), encode(one)]);
  return Buffer.concat([control(MAP, entries.length), ...pairs]);
}

function bitsOf(network: string): number[] {
  const parsed = parseNetwork(network);
  if (parsed === null) throw new Error(`${network} is no network`);
  const groups = [...parsed.groups];
  // An IPv4 network is printed without colons and held IPv4-mapped.
  if (!network.includes(":")) groups.fill(0, 0, MAPPED_BITS / 16);
  const bits = groups.flatMap((group) => [...group.toString(2).padStart(16, "0")].map(Number));
  return bits.slice(0, Math.min(parsed.bits, ADDRESS_BITS));
}

/** A record of a node: another node, an offset into the data, or nothing. */
type Record = { node: number } | { data: number } | null;

/** Gives the bytes of a file with these records by network; networks must not lie within each other. */
export function writeMmdb(networks: Readonly<{ [network: string]: Value }>): Buffer {
  const nodes: [Record, Record][] = [[null, null]];
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [network, value] of Object.entries(networks)) {
    const bits = bitsOf(network);
    let at = 0;
    for (const [depth, bit] of bits.entries()) {
      const node = nodes[at];
      if (node === undefined) throw new Error("no such node");
      if (depth === bits.length - 1) {
        node[bit === 1 ? 1 : 0] = { data: dataBytes };
        break;
      }
      const next = node[bit === 1 ? 1 : 0];
      at = next !== null && "node" in next ? next.node : nodes.push([null, null]) - 1;
      node[bit === 1 ? 1 : 0] = { node: at };
    }
    const bytes = encode(value);
    data.push(bytes);
    dataBytes += bytes.length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  const numberOf = (record: Record) => {
    if (record === null) return nodes.length;
    return "node" in record ? record.node : nodes.length + SEPARATOR_BYTES + record.data;
  };
  for (const [i, [left, right]] of nodes.entries()) {
    tree.writeUIntBE(numberOf(left), i * 6, 3);
    tree.writeUIntBE(numberOf(right), i * 6 + 3, 3);
  }
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 6,
    database_type: "Test-ASN",
    languages: ["en"],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    description: { en: "made for a test" },
  });
  return Buffer.concat([tree, Buffer.alloc(SEPARATOR_BYTES), ...data, MARKER, metadata]);
}
