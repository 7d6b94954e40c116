import type { ROTATION_ERRORS } from "../../src/operations/rotation_kinds.ts";
import type { SECRET_ERRORS } from "../../src/operations/secret_kinds.ts";
import { type Advice, advice } from "./advice.ts";

/** Advice for secrets that cannot be written, deleted or rotated. */
export const SECRET_ADVICE: Readonly<
  Record<keyof typeof SECRET_ERRORS | keyof typeof ROTATION_ERRORS, Advice>
> = {
  secret_not_found: advice(
    "No secret has this name; or, for a delete, no visible one that argocd-configurer wrote.",
    "List them with `argocd-configurer secrets CLUSTER`. `warnings` names namespaces that are not " +
      "visible.",
  ),
  credential_not_found: advice(
    "No credential of these clusters has this `id`, for example because it was replaced.",
    "Take the id from `argocd-configurer fleet -o json`.",
  ),
  service_account_not_found: advice(
    "A service account in `service_accounts` does not exist. Nothing was changed.",
    "Create it, or leave it out.",
  ),
  foreign: advice(
    "A secret of this name exists and is not a credential of this kind. It was not changed.",
    'Choose another name. `"force": true` with `"upsert": true` replaces it.',
  ),
  owned: advice(
    "Another tool manages the secret and would revert the change.",
    "Change it in that tool. `force` writes it anyway.",
  ),
  not_ours: advice(
    "The secret was not written by argocd-configurer, so it is not deleted.",
    "Delete it with its own tool, or with `force`.",
  ),
  unmergeable: advice(
    "`merge` cannot read the Docker configuration in the existing secret.",
    "Send the whole credential with `upsert` in place of `merge`.",
  ),
  type_change: advice(
    "The secret has another type, and Kubernetes cannot change types.",
    'Send `"force": true`: the secret is deleted and created, and is briefly missing.',
  ),
  immutable: advice(
    "The secret is immutable.",
    'Send `"force": true`: the secret is deleted and created, and is briefly missing.',
  ),
  finalizers: advice(
    "The secret has finalizers, so a delete does not take effect immediately.",
    "Find out which controller set them, and remove them.",
  ),
  being_deleted: advice(
    "The secret is being deleted and waits for its finalizers.",
    "Wait until it is gone: `kubectl get secret NAME -o jsonpath='{.metadata.finalizers}'`.",
  ),
  secret_changed: advice(
    "The secret changed after it was read. Nothing was changed on this cluster.",
    "Send the same request again.",
  ),
  identity_held: advice(
    "Another secret already has this URL and project, and Argo CD would use either.",
    "Replace that secret, as `remedy` says, or delete it.",
  ),
  credential_refused: advice(
    "The registry, Git server or chart repository refused the credential.",
    "Check its value, scope and expiry at the issuer. `hint` names common mistakes.",
  ),
  credential_unverifiable: advice(
    "The credential could not be verified: no response, an address that is not allowed, or a kind that " +
      "cannot be verified from here.",
    "Send the write without `verify`, or add the host to `verify-allow`.",
  ),

  same_value: advice("`set` equals the stored value.", "Send the new credential in `set`."),
  cannot_hold: advice(
    "The new credential has fields that one of the places cannot store.",
    "Send fields of the same kind, or rotate these clusters separately.",
  ),
  clusters_not_seen: advice(
    "More clusters than `max_failures` could not be read, so nothing was changed.",
    "Correct the clusters, or raise `max_failures`. Clusters that were not seen keep the old value.",
  ),
  first_not_found: advice(
    "`first` names clusters that do not have the credential.",
    "Correct `first`, or leave it out.",
  ),
  rotation_running: advice(
    "A rotation of the same credential is running.",
    "Follow it with `argocd-configurer rotations ID`.",
  ),
  credential_untried: advice(
    "The new credential could not be verified at one of its places.",
    'Make the place reachable, or send `"allow_untried": true`.',
  ),
  rotation_not_found: advice(
    "The server knows no rotation of this id. Without an audit log, it forgets rotations at a restart.",
    "Look for the id in `argocd-configurer audit`, or set `audit-log`.",
  ),
};
