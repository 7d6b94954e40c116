import type { SecretData } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { decodeBase64Text } from "../../text/bytes.ts";
import { parsedObject } from "../../text/json.ts";
import { configsOf, isPullSecretType } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { canonicalValue } from "../material/canonical.ts";
import type { ValuesOf } from "../values.ts";
import { keySlots } from "./key_slots.ts";
import { loginSlots } from "./login_slots.ts";
import type { Slot } from "./slot.ts";

/**
 * All texts of a secret in which a credential may stand. These are more than its credentials: of a field that is
 * there twice both, and keys that nobody reads, since a value that is looked for may have been left there.
 */
export function slotsIn({ type, labels, data: sealed }: ValuesOf): Slot[] {
  const data = sealed.reveal();
  const secretType = labels[SECRET_TYPE_LABEL];
  const configs = new Set(configsOf(type, data).map(({ key }) => key));
  const ofKeys = keySlots(data, secretType, configs);
  // Of a pull secret kubelet reads one key: no name in another one is a token by what stands beside it.
  const isOfKubelet = secretType === undefined && isPullSecretType(type);
  const ofCluster = secretType === "cluster" ? clusterSlots(data) : [];
  return [
    ...ofCluster,
    ...ofKeys.map((slot) => isOfKubelet && slot.role === "token_name" ? asName(slot) : slot),
    ...loginSlots(type, data),
  ];
}

const asName = (slot: Slot): Slot => ({ ...slot, role: "name" });

/**
 * What stands in the JSON by which Argo CD logs in to a cluster: a part of it is never rewritten.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
function clusterSlots({ config = "" }: Readonly<SecretData>): Slot[] {
  const object = parsedObject(decodeBase64Text(config));
  return object === undefined ? [] : leavesOf(object).map((text) => ({
    ...{ key: "config", place: "config", role: "secret" },
    text: seal(text),
    canonical: seal(canonicalValue(text)),
    holder: { in: "opaque", why: "it is a part of how Argo CD logs in to a cluster" },
  }));
}

/** All texts in it, however deep it is. */
function leavesOf(value: unknown): string[] {
  const [texts, open]: [string[], unknown[]] = [[], [value]];
  while (open.length > 0) {
    const each = open.pop();
    if (typeof each === "string" && each !== "") texts.push(each);
    if (typeof each === "object" && each !== null) {
      for (const inner of Object.values(each)) open.push(inner);
    }
  }
  return texts;
}
