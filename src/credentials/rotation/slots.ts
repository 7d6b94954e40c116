import type { SecretData } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { decodeBase64Text } from "../../text/bytes.ts";
import { parsedObject } from "../../text/json.ts";
import { dockerConfigsOf, isPullSecretType } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { canonicalValue } from "../material/canonical.ts";
import type { ValuesOf } from "../values.ts";
import { keySlots } from "./key_slots.ts";
import { loginSlots } from "./login_slots.ts";
import type { Slot } from "./slot.ts";

/**
 * All texts of a secret that may be a credential. These are more than the credentials in use: both of a duplicate field,
 * and keys that no program reads, because the value may have been left there.
 */
export function slotsIn({ type, labels, data: sealed }: ValuesOf): Slot[] {
  const data = sealed.reveal();
  const secretType = labels[SECRET_TYPE_LABEL];
  const configs = new Set(dockerConfigsOf(type, data).map(({ key }) => key));
  const ofKeys = keySlots(data, secretType, configs);
  // The kubelet reads one key of a pull secret, so other keys do not make a user name a token.
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
 * The strings in the JSON of an Argo CD cluster secret, which is never rewritten.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
function clusterSlots({ config = "" }: Readonly<SecretData>): Slot[] {
  const object = parsedObject(decodeBase64Text(config));
  return object === undefined ? [] : leavesOf(object).map((text) => ({
    ...{ key: "config", place: "config", role: "secret" },
    text: seal(text),
    canonical: seal(canonicalValue(text)),
    location: { in: "opaque", why: "it is part of an Argo CD cluster secret" },
  }));
}

/** All strings in a value, at any depth. */
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
