import { send, type Where } from "../fields/advice.ts";
import { capitalized, type ErrorKind, kind, sentences, UNCHANGED } from "./error_kind.ts";

/** Errors about a secret that cannot be written or deleted, and about one that is not found. */

/** The secret that an error is about: the first of those with the same problem. */
export interface SecretProblem {
  readonly namespace: string;
  readonly name: string;
  /** How many more problems there are. */
  readonly more: number;
  /** Where the request has its fields. */
  readonly by: Where;
}

const andMore = (more: number) =>
  more === 0 ? "" : ` (and ${more} more problem${more === 1 ? "" : "s"})`;

/**
 * A code about such a secret.
 * @param parts `problem` completes the sentence "Secret x/a …"; `advice` is a sentence
 */
const secretProblem = <Details extends SecretProblem>(
  parts: (details: Details) => readonly [problem: string, advice?: string],
  more?: Parameters<typeof kind<Details>>[2],
) =>
  kind<Details>(409, (details) => {
    const [problem, advice] = parts(details);
    const { namespace, name, more } = details;
    return sentences(`Secret ${namespace}/${name} ${problem}${andMore(more)}`, advice);
  }, more);

const FORCE = { force: true } as const;
const REPLACE = { force: true, upsert: true } as const;

const RECREATE = capitalized(send(FORCE)) +
  " to delete and recreate it: it is missing for a few seconds";

const forced = { fields: () => ["force"], remedy: () => FORCE };

/** A type as it is, if it is an ordinary one; a cluster may hold any text. */
const typeShown = (type: string) => /^[\w./-]+$/.test(type) ? type : JSON.stringify(type);

export interface Foreign extends SecretProblem {
  readonly type: string;
  /** What the request writes. @default a kind of credential that is not named */
  readonly wanted?: string | undefined;
}

export interface Held extends SecretProblem {
  /** Names of the secrets that have its URL. */
  readonly holders: readonly string[];
}

const replacing = (name: string) => ({ upsert: true, name }) as const;

export interface SecretUnknown {
  readonly name: string;
  readonly cluster: string;
  /** The purpose of the request. */
  readonly for: "show" | "delete";
  /** The namespaces that were searched; empty when all were. */
  readonly namespaces: readonly string[];
}

export interface CredentialRejection {
  /** The registry's host, or the URL as it was sent. */
  readonly at: string;
  /** Absent where the reason is shown place by place. */
  readonly why?: string;
  /** Whether the request writes the credential. */
  readonly isWrite: boolean;
}

function notAccepted(what: string, { at, why, isWrite }: CredentialRejection): string {
  const reason = why === undefined ? "" : `: ${why}`;
  return sentences(`${what} ${at}${reason}`, isWrite ? UNCHANGED : undefined);
}

export const SECRET_ERRORS = {
  secret_not_found: kind<SecretUnknown>(404, ({ name, cluster, namespaces, for: aim }) => {
    if (aim === "show") return `Secret '${name}' not found in cluster '${cluster}'`;
    return namespaces.length === 0
      ? `No secret '${name}' managed by argocd-configurer found in cluster '${cluster}'. To delete a secret ` +
        `that it does not manage, ${send(FORCE, "query")} and its namespaces in 'namespaces'`
      : `Secret '${name}' not found in namespaces: ${namespaces.join(", ")}`;
  }, { fields: () => ["name"] }),
  credential_not_found: kind<Record<never, never>>(
    404,
    () => "No credential of these clusters has this ID. Take the ID from GET /api/v1/credentials",
    { fields: () => ["id"] },
  ),
  service_account_not_found: kind<
    { readonly accounts: readonly { readonly namespace: string; readonly name: string }[] }
  >(400, ({ accounts }) => {
    const named = accounts.map(({ namespace, name }) => `${namespace}/${name}`);
    return `Service accounts do not exist: ${named.join(", ")}`;
  }, { fields: () => ["service_accounts"] }),
  foreign: secretProblem<Foreign>(
    ({ type, wanted = "credential of this kind" }) => [
      `already exists and is not a ${wanted} (type ${typeShown(type)})`,
      `Choose another name, or ${send(REPLACE, "body", " with ")} to replace it`,
    ],
    { fields: () => ["name"], remedy: () => REPLACE },
  ),
  owned: secretProblem<SecretProblem & { readonly owner: string }>(
    ({ owner, by }) => [
      `is managed by ${owner}, which would revert the change`,
      `Change it there, or ${send(FORCE, by)}`,
    ],
    forced,
  ),
  not_ours: secretProblem<SecretProblem>(
    ({ by }) => [
      "is not managed by argocd-configurer",
      `${capitalized(send(FORCE, by))} to delete it anyway`,
    ],
    forced,
  ),
  unmergeable: secretProblem<SecretProblem & { readonly why: string }>(
    ({ why }) => [
      `cannot be merged: its Docker configuration ${why}`,
      "Use 'upsert' instead of 'merge' to replace the whole secret",
    ],
    { fields: () => ["merge"] },
  ),
  type_change: secretProblem<SecretProblem & { readonly type: string }>(
    ({ type }) => [
      `has type ${typeShown(type)}, and Kubernetes does not allow a change of type`,
      RECREATE,
    ],
    forced,
  ),
  immutable: secretProblem<SecretProblem>(() => ["is immutable", RECREATE], forced),
  finalizers: secretProblem<SecretProblem>(({ by }) => [
    "has finalizers, which delay its deletion",
    by === "body" ? "Remove them, or choose another name" : "Remove them first",
  ]),
  being_deleted: secretProblem<SecretProblem>(() => ["is being deleted", "Retry later"]),
  secret_changed: secretProblem<SecretProblem>(() => [
    "was changed or deleted after it was read",
    `${UNCHANGED} on this cluster. Send the same request again`,
  ]),
  identity_held: kind<Held>(409, ({ namespace, name, holders, more }) => {
    const [holder] = holders;
    const held = `The URL of secret ${namespace}/${name} is already used by `;
    return holders.length === 1
      ? sentences(
        `${held}secret ${namespace}/${holder}${andMore(more)}`,
        `${capitalized(send(replacing(holder!)))} to replace that secret`,
      )
      : sentences(
        `${held}secrets ${holders.map((each) => `${namespace}/${each}`).join(", ")}, and Argo CD ` +
          `picks one of them at random${andMore(more)}`,
        "Delete all but one",
      );
  }, {
    fields: () => ["name"],
    remedy: ({ holders }) => holders.length === 1 ? replacing(holders[0]!) : undefined,
  }),
  credential_refused: kind<CredentialRejection>(
    422,
    (details) => notAccepted("Credential refused by", details),
  ),
  credential_unverifiable: kind<CredentialRejection>(
    422,
    (details) => notAccepted("Cannot verify the credential at", details),
  ),
} as const satisfies Record<string, ErrorKind<never>>;
