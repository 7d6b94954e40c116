import { type ErrorKind, kind } from "./error_kind.ts";

/** What is in the way of writing or deleting a secret, and what became of looking for one. */

/** One secret of several that have the same in their way. */
export interface InTheWay {
  readonly namespace: string;
  readonly name: string;
  /** How many more reasons there are. */
  readonly more: number;
  /** How the request says it: a field of a body, or a parameter. */
  readonly by: "body" | "query";
}

/** `"force": true` in a body, `force=true` in a query. */
const FORCE = { body: '"force": true', query: "force=true" } as const;

/** A sentence that begins with the secret. */
function about({ namespace, name, more }: InTheWay, rest: string): string {
  const message = `Secret '${name}' in namespace '${namespace}' ${rest}`;
  return more === 0 ? message : `${message} (and ${more} more)`;
}

const RECREATE =
  `send ${FORCE.body} to have it deleted and created, which leaves a moment without it`;

const forced = { fields: () => ["force"], remedy: () => ({ force: true }) };

export interface Held extends InTheWay {
  /** Names of the secrets that hold its URL. */
  readonly holders: readonly string[];
}

export interface SecretUnknown {
  readonly name: string;
  readonly cluster: string;
  /** What it was wanted for. */
  readonly for: "show" | "delete";
  /** Namespaces that it was looked for in; none where that was everywhere. */
  readonly namespaces: readonly string[];
}

export interface NotAcceptedAt {
  /** The registry's host, or the URL as it was sent. */
  readonly at: string;
  readonly why: string;
  /** Whether it was to be written. */
  readonly isWrite: boolean;
}

const untouched = (isWrite: boolean) => isWrite ? "; nothing was written" : "";

export const SECRET_ERRORS = {
  secret_not_found: kind<SecretUnknown>(404, ({ name, cluster, namespaces, for: aim }) => {
    if (aim === "show") return `Secret '${name}' not found in cluster '${cluster}'`;
    return namespaces.length === 0
      ? `Secret '${name}' was not written by this program to any namespace that can be seen`
      : `Secret '${name}' does not exist in ${namespaces.join(", ")}`;
  }, { fields: () => ["name"] }),
  service_account_not_found: kind<
    { readonly accounts: readonly { readonly namespace: string; readonly name: string }[] }
  >(400, ({ accounts }) => {
    const named = accounts.map(({ namespace, name }) => `'${name}' in ${namespace}`);
    return `Service accounts do not exist: ${named.join(", ")}`;
  }, { fields: () => ["service_accounts"] }),
  foreign: kind<InTheWay & { readonly type: string }>(
    409,
    (details) =>
      about(
        details,
        `is none of these credentials (its type is ${JSON.stringify(details.type)}): choose ` +
          'another name, or send "force": true with "upsert": true to replace it',
      ),
    { fields: () => ["name"], remedy: () => ({ force: true, upsert: true }) },
  ),
  owned: kind<InTheWay & { readonly owner: string }>(
    409,
    (details) =>
      about(
        details,
        `is looked after by ${details.owner}, which would undo this: change it there, or send ` +
          FORCE[details.by],
      ),
    forced,
  ),
  not_ours: kind<InTheWay>(
    409,
    (details) =>
      about(
        details,
        `was not written by this program: send ${FORCE[details.by]} to delete it all the same`,
      ),
    forced,
  ),
  unmergeable: kind<InTheWay & { readonly why: string }>(
    409,
    (details) => about(details, `cannot be merged with: its Docker configuration ${details.why}`),
    { fields: () => ["merge"] },
  ),
  type_change: kind<InTheWay & { readonly type: string }>(
    409,
    (details) =>
      about(
        details,
        `has the type ${JSON.stringify(details.type)}, which Kubernetes does not change: ` +
          RECREATE,
      ),
    forced,
  ),
  immutable: kind<InTheWay>(409, (details) => about(details, `is immutable: ${RECREATE}`), forced),
  finalizers: kind<InTheWay>(409, (details) =>
    about(
      details,
      "has finalizers, so it is not gone at once when it is deleted: " +
        (details.by === "body" ? "remove them or choose another name" : "remove them first"),
    )),
  being_deleted: kind<InTheWay>(
    409,
    (details) => about(details, "is being deleted: try again later"),
  ),
  identity_held: kind<Held>(409, ({ namespace, name, holders, more }) => {
    const names = holders.map((holder) => `'${holder}'`).join(", ");
    const [holder] = holders;
    const held = `The URL of secret '${name}' is held already by secret ${names} in namespace ` +
      `'${namespace}'`;
    const message = holders.length === 1
      ? `${held}: send "upsert": true and "name": ${JSON.stringify(holder)} to replace that one`
      : `${held}, and Argo CD picks one of them at random: delete all but one`;
    return more === 0 ? message : `${message} (and ${more} more)`;
  }, {
    fields: () => ["name"],
    remedy: ({ holders }) => holders.length === 1 ? { upsert: true, name: holders[0] } : undefined,
  }),
  credential_refused: kind<NotAcceptedAt>(
    422,
    ({ at, why, isWrite }) =>
      `The credential is not accepted by ${at}: ${why}${untouched(isWrite)}`,
  ),
  credential_unverifiable: kind<NotAcceptedAt>(
    422,
    ({ at, why, isWrite }) =>
      `The credential cannot be tried at ${at}: ${why}${untouched(isWrite)}`,
  ),
} as const satisfies Record<string, ErrorKind<never>>;
