import type { z } from "@hono/zod-openapi";
import type { Field, Fields, SecretField } from "../../fields/field.ts";
import type { CredentialKind } from "../kinds/credential_kind.ts";
import { CLIENT_CERTIFICATE, KINDS } from "../kinds/kinds.ts";

/** One field of a kind of credential, by a unique name: nested fields have the name of their object as a prefix. */
export interface KindField {
  /** `password`, `github_app_private_key`. */
  readonly name: string;
  /** Its path in a request for a repository. */
  readonly path: readonly string[];
  readonly field: Field;
  readonly kind: CredentialKind;
}

/** A secret field. */
export interface SecretPart extends KindField {
  readonly field: SecretField;
}

/** The fields of all kinds that have a secret field, in the order of the kinds. */
export function kindFields(): KindField[] {
  return ([...KINDS, CLIENT_CERTIFICATE] as CredentialKind[]).flatMap((kind) => {
    const fields = leavesOf(kind.fields).map((each) => ({ ...each, kind }));
    return fields.some(({ field }) => field.isSecret) ? fields : [];
  });
}

/** The secret ones of {@link kindFields}. */
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

/** An optional field. */
type Optional<Of extends Field> = Of & Field<z.ZodOptional<Of["schema"]>>;

const optional = <Of extends Field>(field: Of): Optional<Of> => ({
  ...field,
  schema: field.schema.optional(),
});

/** The fields of the old value: exactly one of them is given. */
export function soughtFields(): Record<string, SecretField> {
  return Object.fromEntries(secretParts().map(({ name, field }) => [name, optional(field)]));
}

/** The fields of a new credential: one secret field, and the fields that may accompany it. */
export function newFields(): Record<string, Field> {
  return Object.fromEntries(kindFields().map(({ name, field }) => [name, optional(field)]));
}

/** For each secret field, the names of the fields that may accompany it. */
export function besideOf(): Record<string, readonly string[]> {
  return Object.fromEntries(
    secretParts().map(({ name, kind }) => [
      name,
      kindFields().filter((each) => each.kind === kind && each.name !== name)
        .map((each) => each.name),
    ]),
  );
}

/** The fields that are required with a secret one, such as the certificate with its key. */
export function neededBeside({ kind }: KindField): KindField[] {
  const marks = (kind.marks ?? []).map((name) => kind.keys[name]?.field);
  return kindFields().filter((each) =>
    each.kind === kind && !each.field.isSecret && marks.includes(each.field)
  );
}

/** The data key of a secret field, in a repository's spelling. */
export function keyOfPart({ kind, field }: SecretPart): string {
  return Object.entries(kind.keys).find(([, key]) => key.field === field)![0];
}
