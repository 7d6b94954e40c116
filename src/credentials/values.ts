import { repositoryFields } from "../kube/repository_fields.ts";
import type { StoredSecret } from "../kube/store.ts";
import type { Sealed } from "../log/sealed.ts";
import { dockerValues } from "./kinds/docker_values.ts";
import { shownUsername } from "./kinds/password.ts";
import { isPullSecretType } from "./kinds/pull_secret.ts";
import { credentialValues, SECRET_TYPE_LABEL } from "./kinds/repository_credential.ts";
import { userInfoValues } from "./kinds/user_info.ts";

/** One credential in a stored secret. */
export interface CredentialValue {
  /**
   * Where in the secret, for showing: a key of Argo CD's (`password`), or a registry (`ghcr.io`). No two
   * values of a secret have the same.
   */
  readonly place: string;
  /** Of the secret's data. */
  readonly key: string;
  /** Of an entry of a pull secret, for showing. */
  readonly registry?: string;
  /** For showing: masked where it is a token itself. */
  readonly username?: string;
  /** In the form in which it is compared. */
  readonly value: Sealed<string>;
}

/** What is looked at of a secret. */
export type ValuesOf = Pick<StoredSecret, "type" | "labels" | "data">;

/**
 * The credentials in a repository, a template, a pull secret, or what Image Updater commits with, each as
 * a value of its own. What of them is secret, and how two are told to be the same, its kind says.
 */
export function valuesIn({ type, labels, data: sealed }: ValuesOf): CredentialValue[] {
  const data = sealed.reveal();
  const secretType = labels[SECRET_TYPE_LABEL];
  const hasKeys = secretType !== undefined || !isPullSecretType(type);
  const named = (key: string) => {
    if (key !== "username" && key !== "password") return {};
    const { username = "", password = "" } = data;
    const shown = shownUsername(repositoryFields({ username, password }));
    return shown === undefined ? {} : { username: shown };
  };
  const ofKeys = hasKeys ? [...credentialValues(data, secretType), ...userInfoValues(data)] : [];
  return unique([
    ...ofKeys.map(({ key, value }) => ({ place: key, key, ...named(key), value })),
    ...dockerValues(type, data),
  ]);
}

/** Places that are shown alike, as two with different user information are, are numbered. */
function unique(values: readonly CredentialValue[]): CredentialValue[] {
  const taken = new Set<string>();
  return values.map((each) => {
    let { place } = each;
    for (let number = 2; taken.has(place); number++) place = `${each.place} ${number}`;
    taken.add(place);
    return { ...each, place };
  });
}
