/** The parts of ASN.1 DER that an X.509 certificate needs. @see ITU-T X.690 */

export type Der = Uint8Array<ArrayBuffer>;

export function join(parts: readonly Uint8Array[]): Der {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A value: tag, length, content. */
export function value(tag: number, ...content: readonly Uint8Array[]): Der {
  const body = join(content);
  const size = body.length;
  const length = size < 0x80
    ? [size]
    : size < 0x100
    ? [0x81, size]
    : [0x82, size >> 8, size & 0xff];
  return join([Uint8Array.of(tag, ...length), body]);
}

export const sequence = (...content: readonly Uint8Array[]) => value(0x30, ...content);
export const set = (...content: readonly Uint8Array[]) => value(0x31, ...content);
export const octets = (...content: readonly Uint8Array[]) => value(0x04, ...content);
export const bits = (bytes: Uint8Array, unused = 0) => value(0x03, Uint8Array.of(unused), bytes);
export const yes = () => value(0x01, Uint8Array.of(0xff));
export const utf8 = (text: string) => value(0x0c, new TextEncoder().encode(text));
/** `[number]`, around a whole value. */
export const explicit = (number: number, content: Uint8Array) => value(0xa0 + number, content);

/** A positive number, whose first byte must be from 1 to 127. */
export const integer = (bytes: Uint8Array) => value(0x02, bytes);

/** @param dotted such as `2.5.4.3` */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = rest.flatMap((number) => {
    const digits = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift(left & 0x7f | 0x80);
    return digits;
  });
  return value(0x06, Uint8Array.of(first * 40 + second, ...bytes));
}

/** In whole seconds: UTCTime for a year from 1950 to 2049, else GeneralizedTime, as RFC 5280 requires. */
export function time(date: Date): Der {
  const text = date.toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:T]/g, "");
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? value(0x17, new TextEncoder().encode(text.slice(2)))
    : value(0x18, new TextEncoder().encode(text));
}
