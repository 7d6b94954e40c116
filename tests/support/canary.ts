import assert from "node:assert/strict";
import { encodeBase64 } from "./base64.ts";

/** A value that is looked for where no credential may be. */
export interface Canary {
  readonly value: string;
  /** Fails when the value, or what of it is recognisable in base64, is in the text. */
  absentFrom(text: string, where: string): void;
}

/** Made at run time, so that it cannot stand in a file of the project. */
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

/** In base64 a text looks three ways, by where in the encoded whole it begins. */
function base64Forms(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].map((offset) => {
    const whole = encodeBase64(new Uint8Array([...new Uint8Array(offset), ...bytes]));
    // The outermost characters depend on the neighbours.
    return whole.slice(4, -4);
  });
}
