import assert from "node:assert/strict";
import { encodeBase64 } from "./base64.ts";

/** A value to search for where no credential may be. */
export interface Canary {
  readonly value: string;
  /** Fails if the text contains the value, in plain text or in base64. */
  absentFrom(text: string, where: string): void;
}

/** Made at run time, so that it is in no file of the project. */
export function makeCanary(): Canary {
  const value = `canary-${crypto.randomUUID()}`;
  const forms = [value, ...base64Forms(value)];
  return {
    value,
    absentFrom(text, where) {
      const found = forms.find((form) => text.includes(form));
      assert.equal(found, undefined, `the canary is in ${where}: ${text.slice(0, 500)}`);
    },
  };
}

/** The three forms of a text in base64, which depend on its offset in the encoded whole. */
function base64Forms(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].map((offset) => {
    const whole = encodeBase64(new Uint8Array([...new Uint8Array(offset), ...bytes]));
    // The first and last characters depend on the neighbours.
    return whole.slice(4, -4);
  });
}
