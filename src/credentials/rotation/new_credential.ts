import { seal, Sealed } from "../../log/sealed.ts";
import type { CredentialKind } from "../kinds/credential_kind.ts";
import { valuesOf } from "../kinds/repository_credential.ts";
import { canonicalValue } from "../material/canonical.ts";
import { type Material, materialOf } from "../material/material.ts";
import { passwordHint, usernameHint } from "../material/password.ts";
import { keyOfPart, kindFields, neededBeside, type SecretPart, secretParts } from "./fields.ts";

/** The credential that replaces an old one. */
export interface NewCredential {
  /** The secret field that it was given in: `password`. */
  readonly name: string;
  readonly kind: CredentialKind;
  /** In the form in which values are compared. */
  readonly value: Sealed<string>;
  /** In the form in which it is written. */
  readonly text: Sealed<string>;
  readonly material: Material;
  /** Only of a password. */
  readonly username?: string;
  /** Names of the fields that were given with the secret one. */
  readonly beside: readonly string[];
  /** The texts by Argo CD's keys, in the spelling of this secret type. */
  keysIn(secretType: string | undefined): Sealed<Readonly<Record<string, string>>>;
}

export type UnderstoodNew =
  | { readonly ok: true; readonly value: NewCredential; readonly hints: readonly string[] }
  /** `why` continues "Field 'x' …", and quotes no value. */
  | { readonly ok: false; readonly field: string; readonly why: string };

/** Parsed values by the names of {@link newFields}; `undefined` means not given. */
export type GivenFields = Readonly<Record<string, unknown>>;

/** Validates a new credential: of one kind, with its secret field, and with the other fields that should change. */
export function newCredential(given: GivenFields): UnderstoodNew {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  const no = (field: string, why: string): UnderstoodNew => ({ ok: false, field, why });
  const parts = secretParts().filter(({ name }) => names.includes(name));
  const [part, second] = parts;
  if (part === undefined) return no("", "must have a credential: a password, token or key");
  if (second !== undefined) return no(second.name, `cannot be combined with '${part.name}'`);
  const own = kindFields().filter(({ kind }) => kind === part.kind);
  const strange = names.find((name) => own.every((each) => each.name !== name));
  if (strange !== undefined) return no(strange, `cannot be used with '${part.name}'`);
  const missing = neededBeside(part).find(({ name }) => !names.includes(name));
  if (missing !== undefined) return no(missing.name, `is required with '${part.name}'`);
  const understood = part.kind.parse(nested(own, given));
  if (!understood.ok) {
    const path = "path" in understood ? understood.path.join("_") : part.name;
    return no(path, understood.why);
  }
  const value = givenText(given, part.name);
  if (part.kind.keys[keyOfPart(part)]!.isCredential?.(value ?? "", {}) === false) {
    return no(part.name, "is the placeholder for no password");
  }
  return { ok: true, ...made(part, understood.value, names, given) };
}

function made(
  part: SecretPart,
  credential: unknown,
  names: readonly string[],
  given: GivenFields,
): { readonly value: NewCredential; readonly hints: readonly string[] } {
  const { kind, name } = part;
  const keysIn = (secretType: string | undefined) => seal(valuesOf(kind, credential, secretType));
  const key = keyOfPart(part);
  const text = keysIn(undefined).reveal()[key]!;
  const canonical = (kind.keys[key]!.canonical ?? canonicalValue)(text);
  const { username } = given;
  const isNamed = typeof username === "string";
  return {
    value: {
      name,
      kind,
      value: seal(canonical),
      text: seal(text),
      material: kind.keys[key]!.material ?? materialOf(text),
      ...isNamed && { username },
      beside: names.filter((each) => each !== name),
      keysIn,
    },
    hints: [
      ...isNamed ? [usernameHint(username) ?? []].flat() : [],
      ...kind.keys[key]!.material === undefined ? [passwordHint(seal(text)) ?? []].flat() : [],
    ],
  };
}

/** Nests the fields as in a request for a repository. */
function nested(
  fields: readonly { readonly name: string; readonly path: readonly string[] }[],
  given: GivenFields,
): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const { name, path } of fields) {
    if (given[name] === undefined) continue;
    const [first, second] = path;
    if (second === undefined) whole[first!] = given[name];
    else whole[first!] = { ...whole[first!] as object | undefined, [second]: given[name] };
  }
  return whole;
}

/** A secret field's text; `undefined` where it is not given. */
export function givenText(given: GivenFields, name: string): string | undefined {
  const value = given[name];
  return value instanceof Sealed ? String(value.reveal()) : undefined;
}
