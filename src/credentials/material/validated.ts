/**
 * The result of checking a user's input. `why` is the predicate of the sentence "Field 'x' …", and never
 * quotes the input, which may be secret.
 */
export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

export const yes = <T>(value: T): Validated<T> => ({ ok: true, value });
export const no = (why: string): { readonly ok: false; readonly why: string } => ({
  ok: false,
  why,
});
