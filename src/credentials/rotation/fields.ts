import type { z } from "@hono/zod-openapi";
import type { Field, Fields, SecretField } from "../../fields/field.ts";
import type { CredentialKind } from "../kinds/credential_kind.ts";
import { BESIDE, KINDS } from "../kinds/kinds.ts";

/** One field of a kind of credential, by a name of its own: those of an object have its name before theirs. */
export interface KindField {
  /** `password`, `github_app_private_key`. */
  readonly name: string;
  /** Where it stands in a request for a repository. */
  readonly path: readonly string[];
  readonly field: Field;
  readonly kind: CredentialKind;
}

/** A field that is a credential by itself. */
export interface SecretPart extends KindField {
  readonly field: SecretField;
}

/** All fields of all kinds that have a secret, in the order in which the kinds are told. */
export function kindFields(): KindField[] {
  return ([...KINDS, BESIDE] as CredentialKind[]).flatMap((kind) => {
    const fields = leavesOf(kind.fields).map((each) => ({ ...each, kind }));
    return fields.some(({ field }) => field.isSecret) ? fields : [];
  });
}

/** Those of them that are credentials. */
export function secretParts(): SecretPart[] {
  return kindFields().filter((each): each is SecretPart => each.field.isSecret === true);
}

function leavesOf(fields: Fields, above: readonly string[] = []): Omit<KindField, "kind">[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = [...above, name];
    if (field.fields !== undefined) return leavesOf(field.fields, path);
    return [{ name: path.join("_"), path, field }];
  });
}

/** A field that may be absent. */
type Optional<Of extends Field> = Of & Field<z.ZodOptional<Of["schema"]>>;

const optional = <Of extends Field>(field: Of): Optional<Of> => ({
  ...field,
  schema: field.schema.optional(),
});

/** The value that is looked for: each of these may be given, and one of them is. */
export function soughtFields(): Record<string, SecretField> {
  return Object.fromEntries(secretParts().map(({ name, field }) => [name, optional(field)]));
}

/** A new credential: one secret field, and what may be given with it. */
export function newFields(): Record<string, Field> {
  return Object.fromEntries(kindFields().map(({ name, field }) => [name, optional(field)]));
}

/** By the secret fields' names: the fields that may be given with each. */
export function besideOf(): Record<string, readonly string[]> {
  return Object.fromEntries(
    secretParts().map(({ name, kind }) => [
      name,
      kindFields().filter((each) => each.kind === kind && each.name !== name)
        .map((each) => each.name),
    ]),
  );
}

/**
 * Fields that have to be given with a secret one: what a secret is seen by to hold this kind, as the
 * certificate beside its key.
 */
export function neededBeside({ kind }: KindField): KindField[] {
  const marks = (kind.marks ?? []).map((name) => kind.keys[name]?.field);
  return kindFields().filter((each) =>
    each.kind === kind && !each.field.isSecret && marks.includes(each.field)
  );
}

/** The data's key that a secret field stands in, but for how templates spell it. */
export function keyOfPart({ kind, field }: SecretPart): string {
  return Object.entries(kind.keys).find(([, key]) => key.field === field)![0];
}
