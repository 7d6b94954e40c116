/** A text in every password of a run, to search for where no credential may be. */
export interface Canary {
  readonly value: string;
  /** Whether a text contains it, in plain text or in base64. */
  isIn(text: string): boolean;
}

export function makeCanary(value = `canary-${crypto.randomUUID()}`): Canary {
  const forms = [value, ...base64Forms(value)];
  return { value, isIn: (text) => forms.some((form) => text.includes(form)) };
}

/** The three forms of a text in base64, which depend on its offset in the encoded whole. */
function base64Forms(text: string): string[] {
  // The first and last characters depend on the neighbours.
  return [0, 1, 2].map((offset) => btoa("\0".repeat(offset) + text).slice(4, -4));
}
