import type { Field } from "../../fields/field.ts";
import type { ArgocdFields } from "../explain/argocd_secret.ts";
import type { CredentialName } from "../explain/clients.ts";
import type { CredentialKind } from "../kinds/credential_kind.ts";
import { CLIENT_CERTIFICATE, KINDS, type RepositoryCredential } from "../kinds/kinds.ts";

/**
 * Reads the stored credential of a kind by the kind's own fields.
 * @param fields as Argo CD reads them, by a repository's keys
 * @returns `undefined` for a kind that is not a credential by itself (a client certificate); a text says why the
 * stored fields are not a valid credential of the kind, without quoting them
 */
export function storedCredential(
  name: CredentialName,
  fields: ArgocdFields,
): RepositoryCredential | string | undefined {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) return undefined;
  const given: Record<string, unknown> = {};
  for (const [field, text] of givenTo(kind, fields)) {
    const parsed = kind.fields[field]!.schema.safeParse(text);
    if (!parsed.success) return unusable(kind, parsed.error.issues[0]?.message ?? "is invalid");
    given[field] = parsed.data;
  }
  const understood = kind.parse(given);
  return understood.ok ? understood.value : unusable(kind, understood.why);
}

const unusable = ({ name }: CredentialKind, why: string) => `the stored ${name} ${why}`;

/** The fields of the kind as a request would give them. */
function givenTo(
  { fields, keys }: CredentialKind<RepositoryCredential>,
  stored: ArgocdFields,
): Map<string, unknown> {
  const given = new Map<string, unknown>();
  for (const [key, { field }] of Object.entries(keys)) {
    const text = stored[key];
    if (text === undefined) continue;
    for (const [name, own] of Object.entries(fields) as [string, Field][]) {
      if (own === field) given.set(name, text);
      const inside = Object.entries(own.fields ?? {}).find(([, each]) => each === field)?.[0];
      if (inside !== undefined) given.set(name, { ...given.get(name) ?? {}, [inside]: text });
    }
  }
  return given;
}

/** The kind of credential that a key of a secret belongs to; `undefined` for other keys. */
export function kindWithKey(key: string): string | undefined {
  return [...KINDS, CLIENT_CERTIFICATE].find(({ keys }) =>
    Object.entries(keys).some(([name, { inTemplates }]) => name === key || inTemplates === key)
  )?.name;
}
