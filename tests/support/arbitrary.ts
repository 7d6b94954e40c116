/**
 * Arbitrary texts like those of `fc.string({ unit: "binary" })` and `fc.webUrl()` of fast-check. These take
 * a second in each isolate to build a table of all characters, which they need to shrink.
 * @see https://github.com/dubzzz/fast-check/blob/v4.10.2/packages/fast-check/src/arbitrary/_internals/mappers/IndexToMappedConstant.ts
 */
import fc from "fast-check";

/** Lone surrogates are not characters. */
const SURROGATES = { from: 0xd800, to: 0xe000 };
const CHARACTERS = 0x110000 - (SURROGATES.to - SURROGATES.from);

const character = fc.nat({ max: CHARACTERS - 1 }).map(
  (number) =>
    String.fromCodePoint(
      number < SURROGATES.from ? number : number + SURROGATES.to - SURROGATES.from,
    ),
  (text) => {
    const code = typeof text === "string" ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code) || !text.isWellFormed()) {
      throw new Error("It is no character");
    }
    return code < SURROGATES.from ? code : code - (SURROGATES.to - SURROGATES.from);
  },
);

/** Any characters, also unusual ones. */
export const anyText = (constraints: Omit<fc.StringConstraints, "unit"> = {}) =>
  fc.string({ ...constraints, unit: character });

const plain = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@");
const encoded = character.map((one) => {
  const text = encodeURIComponent(one);
  return text === one ? `%${one.charCodeAt(0).toString(16)}` : text;
});
const segment = fc.string({
  unit: fc.oneof({ weight: 10, arbitrary: plain }, { weight: 1, arbitrary: encoded }),
});

/** A URL of http or https with a path, and without a query. */
export const webUrl = () =>
  fc.tuple(fc.constantFrom("http", "https"), fc.webAuthority(), fc.array(segment))
    .map(([scheme, authority, segments]) =>
      `${scheme}://${authority}${segments.map((one) => `/${one}`).join("")}`
    );
