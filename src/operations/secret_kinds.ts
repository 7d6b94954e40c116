import { send, type Where } from "../fields/advice.ts";
import { type ErrorKind, kind } from "./error_kind.ts";

/** What is in the way of writing or deleting a secret, and what became of looking for one. */

/** One secret of several that have the same in their way. */
export interface InTheWay {
  readonly namespace: string;
  readonly name: string;
  /** How many more reasons there are. */
  readonly more: number;
  /** How the request says it: a field of a body, or a parameter. */
  readonly by: Where;
}

/** A sentence that begins with the secret. */
function about({ namespace, name, more }: InTheWay, rest: string): string {
  const message = `Secret '${name}' in namespace '${namespace}' ${rest}`;
  return more === 0 ? message : `${message} (and ${more} more)`;
}

/** A code of what such a secret is: the rest of that sentence. */
const inTheWay = <Details extends InTheWay>(
  rest: (details: Details) => string,
  more?: Parameters<typeof kind<Details>>[2],
) => kind<Details>(409, (details) => about(details, rest(details)), more);

const FORCE = { force: true } as const;
const REPLACE = { force: true, upsert: true } as const;

const RECREATE = `${send(FORCE)} to have it deleted and created, which leaves a moment without it`;

const forced = { fields: () => ["force"], remedy: () => FORCE };

export interface Held extends InTheWay {
  /** Names of the secrets that hold its URL. */
  readonly holders: readonly string[];
}

const replacing = (name: string) => ({ upsert: true, name }) as const;

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
  /** Absent where that is told apart, place by place. */
  readonly why?: string;
  /** Whether it was to be written. */
  readonly isWrite: boolean;
}

function notAccepted(what: string, { at, why, isWrite }: NotAcceptedAt): string {
  const untouched = isWrite ? "; nothing was written" : "";
  return `The credential ${what} ${at}${why === undefined ? "" : `: ${why}`}${untouched}`;
}

export const SECRET_ERRORS = {
  secret_not_found: kind<SecretUnknown>(404, ({ name, cluster, namespaces, for: aim }) => {
    if (aim === "show") return `Secret '${name}' not found in cluster '${cluster}'`;
    return namespaces.length === 0
      ? `Secret '${name}' was not written by this program to any namespace that can be seen`
      : `Secret '${name}' does not exist in ${namespaces.join(", ")}`;
  }, { fields: () => ["name"] }),
  credential_not_found: kind<Record<never, never>>(
    404,
    () => "No credential of these clusters has this id: take it from the matrix of credentials",
    { fields: () => ["id"] },
  ),
  service_account_not_found: kind<
    { readonly accounts: readonly { readonly namespace: string; readonly name: string }[] }
  >(400, ({ accounts }) => {
    const named = accounts.map(({ namespace, name }) => `'${name}' in ${namespace}`);
    return `Service accounts do not exist: ${named.join(", ")}`;
  }, { fields: () => ["service_accounts"] }),
  foreign: inTheWay<InTheWay & { readonly type: string }>(
    ({ type }) =>
      `is none of these credentials (its type is ${JSON.stringify(type)}): choose another name, ` +
      `or ${send(REPLACE, "body", " with ")} to replace it`,
    { fields: () => ["name"], remedy: () => REPLACE },
  ),
  owned: inTheWay<InTheWay & { readonly owner: string }>(
    ({ owner, by }) =>
      `is looked after by ${owner}, which would undo this: change it there, or ${send(FORCE, by)}`,
    forced,
  ),
  not_ours: inTheWay<InTheWay>(
    ({ by }) => `was not written by this program: ${send(FORCE, by)} to delete it all the same`,
    forced,
  ),
  unmergeable: inTheWay<InTheWay & { readonly why: string }>(
    ({ why }) => `cannot be merged with: its Docker configuration ${why}`,
    { fields: () => ["merge"] },
  ),
  type_change: inTheWay<InTheWay & { readonly type: string }>(
    ({ type }) =>
      `has the type ${JSON.stringify(type)}, which Kubernetes does not change: ${RECREATE}`,
    forced,
  ),
  immutable: inTheWay<InTheWay>(() => `is immutable: ${RECREATE}`, forced),
  finalizers: inTheWay<InTheWay>(({ by }) =>
    "has finalizers, so it is not gone at once when it is deleted: " +
    (by === "body" ? "remove them or choose another name" : "remove them first")
  ),
  being_deleted: inTheWay<InTheWay>(() => "is being deleted: try again later"),
  secret_changed: inTheWay<InTheWay>(() =>
    "was changed or deleted since it was read, so nothing was written to this cluster: send the same " +
    "request again"
  ),
  identity_held: kind<Held>(409, ({ namespace, name, holders, more }) => {
    const names = holders.map((holder) => `'${holder}'`).join(", ");
    const [holder] = holders;
    const held = `The URL of secret '${name}' is held already by secret ${names} in namespace ` +
      `'${namespace}'`;
    const message = holders.length === 1
      ? `${held}: ${send(replacing(holder!))} to replace that one`
      : `${held}, and Argo CD picks one of them at random: delete all but one`;
    return more === 0 ? message : `${message} (and ${more} more)`;
  }, {
    fields: () => ["name"],
    remedy: ({ holders }) => holders.length === 1 ? replacing(holders[0]!) : undefined,
  }),
  credential_refused: kind<NotAcceptedAt>(
    422,
    (details) => notAccepted("is not accepted by", details),
  ),
  credential_unverifiable: kind<NotAcceptedAt>(
    422,
    (details) => notAccepted("cannot be tried at", details),
  ),
} as const satisfies Record<string, ErrorKind<never>>;
