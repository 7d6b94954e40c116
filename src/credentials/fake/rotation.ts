import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import { MANAGED_BY, MANAGED_BY_LABEL } from "../kinds/kind.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { type GivenFields, newCredential } from "../rotation/new_credential.ts";
import { planRotation, type RotationPlan, type RotationRequest } from "../rotation/plan.ts";
import { type Sought, soughtValue } from "../rotation/sought.ts";

/** In the form of tokens, and none: long enough that they are found inside of other texts, too. */
export const OLD = "old-token-of-a-test-4711";
export const NEW = "new-token-of-a-test-4711";

type Texts = Readonly<Record<string, string>>;

/** A secret that this program wrote, with these texts. */
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

export const argocd = (texts: Texts, type = "repository") =>
  holding(texts, { labels: { [SECRET_TYPE_LABEL]: type } });

export const pull = (auths: unknown) => pullText(JSON.stringify({ auths }));

export const pullText = (text: string) =>
  holding({ ".dockerconfigjson": text }, { type: DOCKER_CONFIG_TYPE });

export const legacyPull = (auths: unknown) =>
  holding({ ".dockercfg": JSON.stringify(auths) }, { type: DOCKERCFG_TYPE });

export const auth = (user: string, password: string) => encodeBase64Text(`${user}:${password}`);

/** Its data in the open. */
export function textsOf({ data }: Pick<StoredSecret, "data">): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data.reveal()).map(([key, value]) => [key, decodeBase64Text(value)]),
  );
}

/** Tells equal from other values. */
export const plainFingerprint = (value: { reveal(): string }) =>
  Promise.resolve(`fingerprint of ${value.reveal()}`);

export const old = (value = OLD, name = "password"): Sought =>
  soughtValue({ [name]: seal(value) })!;

/** A new credential; texts of secret fields are sealed. */
export function newOf(given: GivenFields = { password: NEW }) {
  const sealed = Object.entries(given).map(([name, value]) => [
    name,
    /password|secret|token|key$/.test(name) ? seal(value) : value,
  ]);
  const understood = newCredential(Object.fromEntries(sealed));
  if (!understood.ok) throw new Error(`${understood.field} ${understood.why}`);
  return understood.value;
}

export async function planned(
  secrets: readonly StoredSecret[],
  request: Partial<RotationRequest> = {},
): Promise<RotationPlan> {
  return await planRotation(
    { argocd: secrets, pullSecrets: [] },
    { sought: old(), set: newOf(), managedOnly: true, force: false, ...request },
    plainFingerprint,
  );
}
