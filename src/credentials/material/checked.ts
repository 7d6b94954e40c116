/**
 * What a check of something that a user hands in gives. `why` completes the sentence "Field 'x' …",
 * and quotes nothing of what was given.
 */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

export const yes = <T>(value: T): Checked<T> => ({ ok: true, value });
export const no = (why: string): { readonly ok: false; readonly why: string } => ({
  ok: false,
  why,
});
