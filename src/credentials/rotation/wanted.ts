import { seal, type Sealed } from "../../log/sealed.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import { canonicalValue } from "../material/canonical.ts";
import { candidateWords } from "./inside.ts";
import { slotsIn } from "./slots.ts";
import { type Sought, soughtCanonical, type SoughtIdentity } from "./sought.ts";

/** Everything that a search looks for in the secrets of one cluster. */
export interface Wanted {
  /** All values, in the form in which values are compared. */
  readonly forms: Sealed<ReadonlySet<string>>;
  /** The same values without surrounding white space. */
  readonly trimmed: Sealed<ReadonlySet<string>>;
  readonly identities: readonly SoughtIdentity[];
}

/**
 * Resolves fingerprints to values found in these secrets: by its value, a credential is also found in longer texts, and
 * by its fingerprint only as a word of them.
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

/** The values in these secrets that have one of these fingerprints. */
async function valuesOf(
  secrets: readonly StoredSecret[],
  fingerprints: ReadonlySet<string>,
  fingerprint: MakeFingerprint,
): Promise<string[]> {
  const asked = new Map<string, boolean>();
  for (const secret of secrets) {
    const texts = new Set(candidateWords(secret));
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
