import { encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { utf8Text } from "../material/canonical.ts";

/** A piece of the text by a key of a secret's data, and what takes its place. */
export interface Edit {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** In the open. */
  readonly text: string;
}

/** The data with pieces replaced; all else stays to the letter. @param edits which do not overlap */
export function edited(data: Readonly<SecretData>, edits: readonly Edit[]): SecretData {
  const after = { ...data };
  for (const [key, own] of Map.groupBy(edits, ({ key }) => key)) {
    const before = utf8Text(data[key]!);
    // What is no text has no pieces.
    if (before === undefined) continue;
    const text = own.toSorted((a, b) => b.from - a.from).reduce(
      (rest, { from, to, text }) => rest.slice(0, from) + text + rest.slice(to),
      before,
    );
    after[key] = encodeBase64Text(text);
  }
  return after;
}
