/** A text that is in every password of a run, looked for where no credential may be. */
export interface Canary {
  readonly value: string;
  /** Whether it is in the text: as it is, or what of it is recognisable in base64. */
  isIn(text: string): boolean;
}

export function makeCanary(value = `canary-${crypto.randomUUID()}`): Canary {
  const forms = [value, ...base64Forms(value)];
  return { value, isIn: (text) => forms.some((form) => text.includes(form)) };
}

/** In base64 a text looks three ways, by where in the encoded whole it begins. */
function base64Forms(text: string): string[] {
  // The outermost characters depend on the neighbours.
  return [0, 1, 2].map((offset) => btoa("\0".repeat(offset) + text).slice(4, -4));
}
