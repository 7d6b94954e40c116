import { expiryOfAll } from "../../credentials/expiry/stored.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import { checksIn } from "../../credentials/checks/checks_in.ts";
import type { CheckMemory } from "../../credentials/checks/memory.ts";
import type { Finding } from "../../credentials/finding.ts";
import type { InventoryPart } from "../../credentials/inventory.ts";
import { azureWorkloadIdentity } from "../../credentials/kinds/azure_workload_identity.ts";
import { WRITE_ANNOTATION } from "../../credentials/kinds/desired_secret.ts";
import { ownerOf } from "../../credentials/kinds/owner.ts";
import { shownUsername } from "../../credentials/kinds/password.ts";
import { dockerConfigOf } from "../../credentials/kinds/pull_secret.ts";
import { hasCredential, SECRET_TYPE_LABEL } from "../../credentials/kinds/repository_credential.ts";
import { parseDockerConfig } from "../../credentials/material/docker_config.ts";
import { type CredentialValue, valuesIn } from "../../credentials/values.ts";
import { isOurs } from "../../credentials/write/removal.ts";
import { repositoryFields } from "../../kube/repository_fields.ts";
import { refKey, type StoredSecret } from "../../kube/store.ts";
import { compare } from "./groups.ts";
import { argocdIdentity, dockerIdentity } from "./identity.ts";
import type {
  CellSecret,
  Column,
  ColumnRow,
  RowIdentity,
  RowKind,
  ShownFinding,
} from "./shapes.ts";

/** Returns when the value with a fingerprint expires according to its issuer, in ISO time. */
export type IssuerExpiry = (fingerprint: string) => string | undefined;

/** The data read from one cluster. */
export interface ColumnSource {
  /** Repositories and templates, including the ones for writing. */
  readonly argocd: readonly StoredSecret[];
  readonly pullSecrets: readonly StoredSecret[];
  readonly findings: readonly Finding[];
  /** Why there may be secrets that are not listed, by part of the inventory. */
  readonly notSeen?: Readonly<Partial<Record<InventoryPart, string>>>;
  readonly hasArgocd: boolean;
  readonly warnings: readonly string[];
}

export interface ColumnOptions {
  /** Absent where no value was read. */
  readonly fingerprint?: MakeFingerprint;
  /** @default no issuer reported an expiry */
  readonly issuerExpiry?: IssuerExpiry | undefined;
  /** The remembered check results of the values. */
  readonly checks?: CheckMemory;
  /** Include only rows of these kinds. @default all */
  readonly kinds?: readonly RowKind[];
}

/** A row under construction. */
interface RowDraft {
  readonly identity: RowIdentity;
  readonly secrets: CellSecret[];
  readonly findings: ShownFinding[];
}

/**
 * The column of one cluster. It contains fingerprints instead of sealed values, so the secrets need not be kept.
 */
export async function columnOf(
  cluster: string,
  source: ColumnSource,
  { fingerprint, issuerExpiry, checks, kinds }: ColumnOptions,
): Promise<Column> {
  const rows = new Map<string, RowDraft>();
  const rowOf = (identity: RowIdentity): RowDraft => {
    const row = rows.get(identity.id) ?? { identity, secrets: [], findings: [] };
    rows.set(identity.id, row);
    return row;
  };
  const placed = placedIn(source);
  const checkedIn = checksIn(checks, source.argocd);
  for (const each of placed) {
    const cell = await cellSecret(each, fingerprint, issuerExpiry);
    const checked = checkedIn(each.secret);
    rowOf(each.identity).secrets.push(checked === undefined ? cell : { ...cell, checks: checked });
  }
  const byRef = Map.groupBy(placed, ({ secret }) => refKey(secret));
  for (const finding of source.findings) {
    const identities = finding.secrets.flatMap((ref) =>
      byRef.get(refKey(ref))?.map(({ identity }) => identity) ?? [dockerIdentity(ref.name)]
    );
    for (const row of new Set(identities.map(rowOf))) row.findings.push(shownFinding(finding));
  }
  const { notSeen = {}, hasArgocd, warnings } = source;
  return {
    cluster,
    status: "success",
    credentials: [...rows.values()].map(finished)
      .filter(({ kind }) => kinds?.includes(kind) ?? true)
      .sort((a, b) => compare(a.id, b.id)),
    ...Object.keys(notSeen).length > 0 && { not_seen: notSeen },
    ...!hasArgocd && { no_argocd: true as const },
    ...warnings.length > 0 && { warnings },
  };
}

interface Placed {
  readonly secret: StoredSecret;
  readonly identity: RowIdentity;
  /** Only of a repository or template. */
  readonly username?: string;
}

function placedIn({ argocd, pullSecrets }: ColumnSource): Placed[] {
  return [
    ...pullSecrets.map((secret) => ({ secret, identity: dockerIdentity(secret.name) })),
    ...argocd.flatMap((secret) => {
      const fields = repositoryFields(secret.data.reveal());
      const identity = argocdIdentity(secret, fields);
      const username = shownUsername(fields);
      if (identity === undefined) return [];
      return [{ secret, identity, ...username !== undefined && { username } }];
    }),
  ];
}

async function cellSecret(
  { secret, username }: Placed,
  fingerprint: MakeFingerprint | undefined,
  issuerExpiry: IssuerExpiry = () => undefined,
): Promise<CellSecret> {
  const { namespace, name, annotations } = secret;
  const write = annotations[WRITE_ANNOTATION];
  const values = valuesIn(secret);
  const made = fingerprint && await Promise.all(values.map(({ value }) => fingerprint(value)));
  const says = (i: number) => made?.[i] === undefined ? undefined : issuerExpiry(made[i]);
  const expires = expiryOfAll(secret, values.map((value, i) => ({ value, issuer: says(i) })));
  return {
    namespace,
    name,
    // Without the password it is unknown whether a user name is a token.
    ...made && comparedBy(secret, username, { values, made }),
    ...isOfWorkload(secret) && { workload_identity: true as const },
    managed: isOurs(secret),
    owner: ownerOf(secret) ?? null,
    ...write !== undefined && { write },
    ...expires && { expires },
  };
}

/** The values of a secret, each with its fingerprint. */
interface Fingerprinted {
  readonly values: readonly CredentialValue[];
  readonly made: readonly (string | undefined)[];
}

/** Fingerprints are omitted where the secret cannot be parsed: empty ones would make all such secrets equal. */
function comparedBy(
  secret: StoredSecret,
  ownName: string | undefined,
  { values, made }: Fingerprinted,
): Pick<CellSecret, "fingerprints" | "username" | "usernames"> {
  const isWhole = made.every((each) => each !== undefined) && isUnderstood(secret, values);
  const named = ownName === undefined ? values : [];
  const names = ownName === undefined
    ? values.flatMap(({ username }) => username ?? [])
    : [ownName];
  const isVaried = new Set(named.map(({ username }) => username)).size > 1;
  return {
    ...isWhole && {
      fingerprints: Object.fromEntries(values.map(({ place }, i) => [place, made[i]!])),
    },
    ...names.length > 0 && { username: [...new Set(names)].sort(compare).join(", ") },
    ...isVaried && {
      usernames: Object.fromEntries(
        named.flatMap(({ place, username }) => username === undefined ? [] : [[place, username]]),
      ),
    },
  };
}

/**
 * Whether the secret can be parsed: its Docker configuration is valid, or it is Argo CD's. Any other secret with data may
 * contain a credential in an unknown form.
 */
function isUnderstood(
  { type, labels, data: sealed }: StoredSecret,
  values: readonly CredentialValue[],
): boolean {
  const data = sealed.reveal();
  const config = dockerConfigOf(type, data);
  if (config !== undefined) {
    const { key, text, form } = config;
    // A configuration that is invalid or not UTF-8 is one value, without a registry.
    const isOne = values.some((each) => each.key === key && each.registry === undefined);
    return !isOne || parseDockerConfig(text, form).ok;
  }
  return values.length > 0 || labels[SECRET_TYPE_LABEL] !== undefined ||
    Object.keys(data).length === 0;
}

const isOfWorkload = ({ labels, data }: StoredSecret) =>
  labels[SECRET_TYPE_LABEL] !== undefined &&
  hasCredential(azureWorkloadIdentity, data.reveal(), labels[SECRET_TYPE_LABEL]);

function shownFinding({ code, message, remedy }: Finding): ShownFinding {
  return { code, message, ...remedy !== undefined && { remedy } };
}

function finished({ identity, secrets, findings }: RowDraft): ColumnRow {
  return {
    ...identity,
    secrets: secrets.sort((a, b) => compare(refKey(a), refKey(b))),
    ...findings.length > 0 && {
      findings: findings.sort((a, b) => compare(a.code, b.code) || compare(a.message, b.message)),
    },
  };
}
