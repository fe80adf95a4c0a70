// IP addresses as text. RFC 8460 section 4.4 asks for RFC 5952 form and prints another in its own
// example, so any correct spelling is taken and printed in the one form.

import { BOUNDS } from "../bounds.ts";
import { remembered } from "./memo.ts";

/** The longest spelling: eight groups, the last two as IPv4. */
const IP_CHARS_MAX = 45;

/** An IP address as we write it. */
export interface IpAddress {
  /** In canonical form (RFC 5952), "" when the text sent is no address. */
  text: string;
  /** Its two cells in a row, an IPv6 value, IPv4 mapped, and no text besides; "" for none. */
  cells: string;
}

const NO_ADDRESS: IpAddress = { text: "", cells: "" };

/** Reads an address as canonicalIp does. */
export function readAddress(text: string): IpAddress {
  return text.length > IP_CHARS_MAX ? NO_ADDRESS : shortAddress(text);
}

const shortAddress = remembered((text: string): IpAddress => {
  const address = text.includes(":") ? canonicalIpv6(text) : isIpv4(text) ? text : "";
  if (address === "") return NO_ADDRESS;
  const cells = address.includes(":") ? `"${address}",""` : `"::ffff:${address}",""`;
  return { text: address, cells: address === "::" ? "" : cells };
}, BOUNDS.addressMemoMax);

/**
 * An address in canonical form (RFC 5952), "" when the text is none. IPv4-mapped IPv6 addresses are
 * the IPv4 addresses that they stand for. Octets with leading zeros are refused: some programs read
 * them as octal.
 */
export function canonicalIp(text: string): string {
  return readAddress(text).text;
}

function canonicalIpv6(text: string): string {
  const groups = ipv6Groups(text);
  return groups === null ? "" : printIpv6(groups);
}

/** Four numbers of 0 to 255 without leading zeros. */
export function isIpv4(text: string): boolean {
  let dots = 0;
  let value = -1;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit === DOT - ZERO) {
      if (value < 0) return false;
      dots += 1;
      value = -1;
    } else {
      if (digit < 0 || digit > 9 || value === 0) return false;
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return false;
    }
  }
  return dots === 3 && value >= 0;
}

const ZERO = 0x30;
const COLON = 0x3a;
const DOT = 0x2e;

/** The eight groups of an IPv6 address (RFC 4291 section 2.2), null when it is none. */
export function ipv6Groups(text: string): number[] | null {
  const groups: number[] = [];
  let gap = -1;
  let value = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === COLON) {
      const double = text.charCodeAt(i + 1) === COLON;
      if (double ? gap >= 0 : digits === 0 || i === text.length - 1) return null;
      if (digits > 0) groups.push(value);
      if (double) gap = groups.length;
      if (double) i += 1;
      value = 0;
      digits = 0;
    } else if (char === DOT) {
      return isIpv4Tail(text, i - digits, groups) ? filled(groups, gap) : null;
    } else {
      const digit = hexDigit(char);
      if (digit < 0 || digits === 4) return null;
      value = value * 16 + digit;
      digits += 1;
    }
  }
  if (digits > 0) groups.push(value);
  return filled(groups, gap);
}

/** Reads the dotted end of an address into two groups. */
function isIpv4Tail(text: string, start: number, groups: number[]): boolean {
  const tail = text.slice(start);
  if (!isIpv4(tail)) return false;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
  groups.push(a * 256 + b, c * 256 + d);
  return true;
}

/** Puts the zeros in that "::" stands for, at least one group. */
function filled(groups: number[], gap: number): number[] | null {
  if (gap < 0) return groups.length === 8 ? groups : null;
  const zeros = 8 - groups.length;
  if (zeros < 1) return null;
  return [...groups.slice(0, gap), ...new Array<number>(zeros).fill(0), ...groups.slice(gap)];
}

function hexDigit(char: number): number {
  if (char >= 0x30 && char <= 0x39) return char - 0x30;
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function printIpv6(groups: readonly number[]): string {
  const mapped = groups[5] === 0xffff && isZero(groups, 5);
  if (mapped) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const gap = longestZeros(groups);
  let text = "";
  for (let i = 0; i < 8; i++) {
    if (i === gap.start && gap.length > 1) {
      text += "::";
      i += gap.length - 1;
    } else {
      if (i > 0 && !text.endsWith(":")) text += ":";
      text += (groups[i] ?? 0).toString(16);
    }
  }
  return text;
}

function isZero(groups: readonly number[], count: number): boolean {
  for (let i = 0; i < count; i++) if (groups[i] !== 0) return false;
  return true;
}

/** The longest run of zero groups, the first of several (RFC 5952 section 4.2). */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (let i = 0; i < 8; i++) {
    length = groups[i] === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  }
  return best;
}
