import { seal, type Sealed } from "../../log/sealed.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import { canonicalValue } from "../material/canonical.ts";
import { wordsIn } from "./inside.ts";
import { slotsIn } from "./slots.ts";
import { type Identity, type Sought, soughtCanonical } from "./sought.ts";

/** All that is looked for in the secrets of one cluster, together. */
export interface Wanted {
  /** Of all values, each as values are compared. */
  readonly forms: Sealed<ReadonlySet<string>>;
  /** The same without white space around them. */
  readonly trimmed: Sealed<ReadonlySet<string>>;
  readonly identities: readonly Identity[];
}

/**
 * What is looked for, with the values of fingerprints as far as they are in these secrets: a value says more than
 * its fingerprint, which only words of longer texts have.
 */
export async function wantedIn(
  secrets: readonly StoredSecret[],
  soughts: readonly Sought[],
  fingerprint: MakeFingerprint,
): Promise<Wanted> {
  const fingerprints = new Set(
    soughts.flatMap((sought) => sought.by === "fingerprint" ? [sought.fingerprint] : []),
  );
  const found = fingerprints.size === 0 ? [] : await valuesOf(secrets, fingerprints, fingerprint);
  const values = [...soughts, ...found.map((value) => soughtCanonical(seal(value)))];
  const forms = new Set(
    values.flatMap((sought) => sought.by === "value" ? [...sought.forms.reveal()] : []),
  );
  const trimmed = new Set([...forms].map((form) => form.trim()).filter((form) => form !== ""));
  return {
    forms: seal(forms),
    trimmed: seal(trimmed),
    identities: soughts.filter((sought) => sought.by !== "value" && sought.by !== "fingerprint"),
  };
}

/** The values of these fingerprints that stand somewhere. */
async function valuesOf(
  secrets: readonly StoredSecret[],
  fingerprints: ReadonlySet<string>,
  fingerprint: MakeFingerprint,
): Promise<string[]> {
  const asked = new Map<string, boolean>();
  for (const secret of secrets) {
    const texts = new Set(wordsIn(secret));
    for (const { text, canonical } of slotsIn(secret)) {
      texts.add(canonical.reveal()).add(canonicalValue(text.reveal().trim()));
    }
    for (const text of texts) {
      if (text === "" || asked.has(text)) continue;
      const made = await fingerprint(seal(text));
      asked.set(text, made !== undefined && fingerprints.has(made));
    }
  }
  return [...asked].flatMap(([text, isIt]) => isIt ? [text] : []);
}
