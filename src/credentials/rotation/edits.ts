import { encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { utf8Text } from "../material/canonical.ts";

/** A range of the text under a key of a secret's data, and its replacement. */
export interface Edit {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** Not sealed. */
  readonly text: string;
}

/**
 * The data with ranges replaced; everything else is kept byte for byte.
 * @param edits must not overlap
 */
export function edited(data: Readonly<SecretData>, edits: readonly Edit[]): SecretData {
  const after = { ...data };
  for (const [key, own] of Map.groupBy(edits, ({ key }) => key)) {
    const before = utf8Text(data[key]!);
    // Binary data has no ranges of text.
    if (before === undefined) continue;
    const text = own.toSorted((a, b) => b.from - a.from).reduce(
      (rest, { from, to, text }) => rest.slice(0, from) + text + rest.slice(to),
      before,
    );
    after[key] = encodeBase64Text(text);
  }
  return after;
}
