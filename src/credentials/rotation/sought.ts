import { seal, type Sealed } from "../../log/sealed.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import { canonicalPem, canonicalValue } from "../material/canonical.ts";
import { materialOf } from "../material/material.ts";
import { keyOfPart, type SecretPart, secretParts } from "./fields.ts";
import { type GivenFields, givenText, newCredential } from "./new_credential.ts";
import type { NewCredential } from "./new_credential.ts";

/** What a search looks for in secrets. */
export type Sought =
  | SoughtValue
  | { readonly by: "fingerprint"; readonly fingerprint: string }
  /** A user's login for a registry, whose name may have any spelling. */
  | { readonly by: "registry"; readonly registry: string; readonly username: string }
  /** A user's credentials of repositories and templates at or below a URL. */
  | { readonly by: "url_prefix"; readonly urlPrefix: string; readonly username: string }
  /** The credential of secrets of this name. */
  | { readonly by: "name"; readonly name: string; readonly namespace?: string };

/** A credential identified by registry, URL or name. */
export type SoughtIdentity = Exclude<Sought, { by: "value" | "fingerprint" }>;

/** Whether the search is by registry, URL or name. */
export function isIdentity(sought: Sought): sought is SoughtIdentity {
  return sought.by !== "value" && sought.by !== "fingerprint";
}

export interface SoughtValue {
  readonly by: "value";
  /** The forms in which the value may be stored, as values are compared. */
  readonly forms: Sealed<ReadonlySet<string>>;
}

/** The search for the value given in one of `soughtFields`; `undefined` where none is given. */
export function soughtValue(given: GivenFields): SoughtValue | undefined {
  const part = secretParts().find(({ name }) => givenText(given, name) !== undefined);
  return part && { by: "value", forms: seal(formsOf(part, givenText(given, part.name)!)) };
}

/**
 * The search for a value that was found, in all forms that it would have if it were given.
 * @param value in the form in which values are compared
 */
export function soughtCanonical(value: Sealed<string>): SoughtValue {
  const text = value.reveal();
  const parts = materialOf(text) === "token" ? [] : secretParts();
  const forms = new Set([text, ...parts.flatMap((part) => [...formsOf(part, text)])]);
  return { by: "value", forms: seal(forms) };
}

/** The given text, and the form in which argocd-configurer writes it, such as a PEM key without surrounding text. */
function formsOf(part: SecretPart, text: string): Set<string> {
  const canonical = part.kind.keys[keyOfPart(part)]!.canonical ?? canonicalValue;
  const forms = [canonical(text), canonicalValue(text)];
  if (materialOf(text) === "pem") forms.push(canonicalPem(text));
  const written = newCredential({ [part.name]: seal(text) });
  if (written.ok) forms.push(written.value.value.reveal());
  return new Set(forms);
}

/** Whether the new credential is the old one. */
export async function isSameValue(
  sought: Sought,
  { value }: Pick<NewCredential, "value">,
  fingerprint: MakeFingerprint,
): Promise<boolean> {
  if (sought.by === "value") return sought.forms.reveal().has(value.reveal());
  return sought.by === "fingerprint" && await fingerprint(value) === sought.fingerprint;
}

/**
 * The value given in one of `soughtFields`, in the form by which the audit log identifies it: as argocd-configurer
 * would write it, or as it was given where it would be rejected.
 */
export function recordedValue(given: GivenFields): Sealed<string> | undefined {
  const written = newCredential(given);
  if (written.ok) return written.value.value;
  const [form] = soughtValue(given)?.forms.reveal() ?? [];
  return form === undefined ? undefined : seal(form);
}
