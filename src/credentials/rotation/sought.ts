import { seal, type Sealed } from "../../log/sealed.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import { canonicalPem, canonicalValue } from "../material/canonical.ts";
import { materialOf } from "../material/material.ts";
import { keyOfPart, type SecretPart, secretParts } from "./fields.ts";
import { type GivenFields, givenText, newCredential } from "./new_credential.ts";
import type { NewCredential } from "./new_credential.ts";

/** What is looked for in secrets. */
export type Sought =
  | SoughtValue
  | { readonly by: "fingerprint"; readonly fingerprint: string }
  /** The login of a registry, which may be named in any spelling, by its user name. */
  | { readonly by: "registry"; readonly registry: string; readonly username: string }
  /** The credentials of repositories and templates at or below a URL, by their user name. */
  | { readonly by: "url_prefix"; readonly urlPrefix: string; readonly username: string }
  /** The credential of secrets of this name. */
  | { readonly by: "name"; readonly name: string; readonly namespace?: string };

/** A credential that is meant by where it is and whose it is. */
export type Identity = Exclude<Sought, { by: "value" | "fingerprint" }>;

/** Whether it is sought by something else than its value. */
export function isIdentity(sought: Sought): sought is Identity {
  return sought.by !== "value" && sought.by !== "fingerprint";
}

export interface SoughtValue {
  readonly by: "value";
  /** The forms in which it may be stored, each as values are compared. */
  readonly forms: Sealed<ReadonlySet<string>>;
}

/** The one secret field that is given of `soughtFields`, as what is looked for; `undefined` where none is. */
export function soughtValue(given: GivenFields): SoughtValue | undefined {
  const part = secretParts().find(({ name }) => givenText(given, name) !== undefined);
  return part && { by: "value", forms: seal(formsOf(part, givenText(given, part.name)!)) };
}

/**
 * A value that was found, as what is looked for: in each form that it would have if it were given.
 * @param value in the form in which values are compared
 */
export function soughtCanonical(value: Sealed<string>): SoughtValue {
  const text = value.reveal();
  const parts = materialOf(text) === "token" ? [] : secretParts();
  const forms = new Set([text, ...parts.flatMap((part) => [...formsOf(part, text)])]);
  return { by: "value", forms: seal(forms) };
}

/** As it was given, and as this program writes what was given so: of a key without what stands around it. */
function formsOf(part: SecretPart, text: string): Set<string> {
  const canonical = part.kind.keys[keyOfPart(part)]!.canonical ?? canonicalValue;
  const forms = [canonical(text), canonicalValue(text)];
  if (materialOf(text) === "pem") forms.push(canonicalPem(text));
  const written = newCredential({ [part.name]: seal(text) });
  if (written.ok) forms.push(written.value.value.reveal());
  return new Set(forms);
}

/** Whether a new credential is the one that it is to take the place of. */
export async function isSameValue(
  sought: Sought,
  { value }: Pick<NewCredential, "value">,
  fingerprint: MakeFingerprint,
): Promise<boolean> {
  if (sought.by === "value") return sought.forms.reveal().has(value.reveal());
  return sought.by === "fingerprint" && await fingerprint(value) === sought.fingerprint;
}
