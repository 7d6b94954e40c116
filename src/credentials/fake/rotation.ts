import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import { MANAGED_BY, MANAGED_BY_LABEL } from "../kinds/desired_secret.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { type GivenFields, newCredential } from "../rotation/new_credential.ts";
import { type PlanRequest, planRotation, type RotationPlan } from "../rotation/plan.ts";
import { type Sought, soughtValue } from "../rotation/sought.ts";

/** Made-up tokens, long enough that a search also finds them inside other texts. */
export const OLD = "old-token-of-a-test-4711";
export const NEW = "new-token-of-a-test-4711";

type Texts = Readonly<Record<string, string>>;

/** A secret that argocd-configurer wrote, with these texts. */
export function holding(texts: Texts, more: Partial<StoredSecret> = {}): StoredSecret {
  const data = Object.entries(texts).map(([key, text]) => [key, encodeBase64Text(text)]);
  return {
    namespace: "argocd",
    name: "x",
    type: "Opaque",
    annotations: {},
    uid: "uid-x",
    resourceVersion: "1",
    creationTimestamp: "2026-11-30T00:00:00Z",
    ...more,
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY, ...more.labels },
    data: seal(Object.fromEntries(data)),
  };
}

export const argocdHolding = (texts: Texts, type = "repository") =>
  holding(texts, { labels: { [SECRET_TYPE_LABEL]: type } });

export const pull = (auths: unknown) => pullText(JSON.stringify({ auths }));

export const pullText = (text: string) =>
  holding({ ".dockerconfigjson": text }, { type: DOCKER_CONFIG_TYPE });

export const legacyPull = (auths: unknown) =>
  holding({ ".dockercfg": JSON.stringify(auths) }, { type: DOCKERCFG_TYPE });

export const auth = (user: string, password: string) => encodeBase64Text(`${user}:${password}`);

/** The unsealed data of a secret. */
export function textsOf({ data }: Pick<StoredSecret, "data">): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data.reveal()).map(([key, value]) => [key, decodeBase64Text(value)]),
  );
}

/** A fingerprint that is different for different values, and hides nothing. */
export const plainFingerprint = (value: { reveal(): string }) =>
  Promise.resolve(`fingerprint of ${value.reveal()}`);

export const old = (value = OLD, name = "password"): Sought =>
  soughtValue({ [name]: seal(value) })!;

/** Parses a new credential; values of secret fields are sealed. */
export function newOf(given: GivenFields = { password: NEW }) {
  const sealed = Object.entries(given).map(([name, value]) => [
    name,
    /password|secret|token|key$/.test(name) ? seal(value) : value,
  ]);
  const understood = newCredential(Object.fromEntries(sealed));
  if (!understood.ok) throw new Error(`${understood.field} ${understood.why}`);
  return understood.value;
}

export async function plannedRotation(
  secrets: readonly StoredSecret[],
  request: Partial<PlanRequest> = {},
): Promise<RotationPlan> {
  return await planRotation(
    { argocd: secrets, pullSecrets: [] },
    { sought: old(), set: newOf(), managedOnly: true, force: false, ...request },
    plainFingerprint,
  );
}
