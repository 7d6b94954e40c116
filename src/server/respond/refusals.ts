import type { Refusal } from "../../credentials/write.ts";
import { type Answer, envelope } from "../answer.ts";

type Kind = Refusal["kind"];
type Of<K extends Kind> = Extract<Refusal, { kind: K }>;

/** How a request says `force`, and what else helps where a secret has finalizers. */
const WAYS = {
  write: { force: '"force": true', elsewhere: "remove them or choose another name" },
  delete: { force: "force=true", elsewhere: "remove them first" },
};

/**
 * What a refused write is answered with; `undefined` when the only reason is that secrets exist,
 * which has a body of its own. Of several reasons the one that the user has to mend first.
 * @param does what was refused
 */
export function refusalAnswer(
  refusals: readonly Refusal[],
  argocdNamespace: string,
  does: keyof typeof WAYS = "write",
): Answer | undefined {
  const { force, elsewhere } = WAYS[does];
  const of = <K extends Kind>(kind: K) =>
    refusals.filter((refusal): refusal is Of<K> => refusal.kind === kind);
  const namespaces = namespaceMessage(
    of("namespace_missing").map(({ ref }) => ref.namespace),
    of("namespace_terminating").map(({ ref }) => ref.namespace),
    argocdNamespace,
  );
  if (namespaces !== undefined) return envelope(400, namespaces);
  const [foreign] = of("foreign");
  if (foreign) {
    const { ref, type } = foreign;
    return conflict(
      `Secret '${ref.name}' in namespace '${ref.namespace}' is none of these credentials ` +
        `(its type is ${JSON.stringify(type)}): choose another name, or send "force": true ` +
        `with "upsert": true to replace it`,
    );
  }
  const accounts = of("service_account_missing").map(({ ref }) =>
    `'${ref.name}' in ${ref.namespace}`
  );
  if (accounts.length > 0) {
    return envelope(400, `Service accounts do not exist: ${accounts.join(", ")}`);
  }
  if (of("exists").length > 0) return undefined;
  const message = firstOf([
    ...of("owned").map(({ ref, owner }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' is looked after by ${owner}, which ` +
      `would undo this: change it there, or send ${force}`
    ),
    ...of("not_ours").map(({ ref }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' was not written by this program: ` +
      `send ${force} to delete it all the same`
    ),
    ...of("unmergeable").map(({ ref, why }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' cannot be merged with: its Docker ` +
      `configuration ${why}`
    ),
    ...of("type_change").map(({ ref, type }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' has the type ${
        JSON.stringify(type)
      }, ` +
      `which Kubernetes does not change: ${FORCE}`
    ),
    ...of("immutable").map(({ ref }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' is immutable: ${FORCE}`
    ),
    ...of("finalizers").map(({ ref }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' has finalizers, so it is not gone at ` +
      `once when it is deleted: ${elsewhere}`
    ),
    ...of("being_deleted").map(({ ref }) =>
      `Secret '${ref.name}' in namespace '${ref.namespace}' is being deleted: try again later`
    ),
    ...of("identity").map(identityMessage),
  ]);
  return conflict(message);
}

const FORCE = 'send "force": true to have it deleted and created, which leaves a moment without it';

function conflict(message: string): Answer {
  return envelope(409, message);
}

function firstOf(messages: readonly string[]): string {
  const [first = "Refused", ...rest] = messages;
  return rest.length === 0 ? first : `${first} (and ${rest.length} more)`;
}

function identityMessage({ ref, holders }: Of<"identity">): string {
  const names = holders.map((name) => `'${name}'`).join(", ");
  const [holder] = holders;
  const held = `The URL of secret '${ref.name}' is held already by secret ${names} in namespace ` +
    `'${ref.namespace}'`;
  return holders.length === 1
    ? `${held}: send "upsert": true and "name": ${JSON.stringify(holder)} to replace that one`
    : `${held}, and Argo CD picks one of them at random: delete all but one`;
}

function namespaceMessage(
  missing: readonly string[],
  terminating: readonly string[],
  argocdNamespace: string,
): string | undefined {
  const sentences = [
    ...(missing.length > 0 ? [`Namespaces do not exist: ${unique(missing)}`] : []),
    ...(terminating.length > 0 ? [`Namespaces are being deleted: ${unique(terminating)}`] : []),
    ...(missing.includes(argocdNamespace)
      ? [`'${argocdNamespace}' is Argo CD's own (setting argocd-namespace)`]
      : []),
  ];
  return sentences.length === 0 ? undefined : sentences.join("; ");
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].join(", ");
}
