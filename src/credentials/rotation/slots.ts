import { configsOf, isPullSecretType } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
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
  return [
    ...ofKeys.map((slot) => isOfKubelet && slot.role === "token_name" ? asName(slot) : slot),
    ...loginSlots(type, data),
  ];
}

const asName = (slot: Slot): Slot => ({ ...slot, role: "name" });
