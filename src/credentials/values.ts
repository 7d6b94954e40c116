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
   * The value's location in the secret, for output: a key of Argo CD's (`password`) or a registry
   * (`ghcr.io`). Unique within the secret.
   */
  readonly place: string;
  /** The key of the secret's data. */
  readonly key: string;
  /** The registry of a pull secret's login, for output. */
  readonly registry?: string;
  /** The user name, for output: masked where the name itself is a token. */
  readonly username?: string;
  /** The value in its canonical form, for comparing. */
  readonly value: Sealed<string>;
}

/** The parts of a secret that {@link valuesIn} reads. */
export type ValuesOf = Pick<StoredSecret, "type" | "labels" | "data">;

/**
 * The credential values in a secret: a repository, a template, a pull secret, or the secret that Image
 * Updater commits with. The credential's kind decides which values are secret and when two are equal.
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

/** Numbers equal places: masking can make two places equal, such as URLs with different user names. */
function unique(values: readonly CredentialValue[]): CredentialValue[] {
  const taken = new Set<string>();
  /** The next number of a place: very many can be equal. */
  const next = new Map<string, number>();
  return values.map((each) => {
    let { place } = each;
    let number = next.get(each.place) ?? 2;
    for (; taken.has(place); number++) place = `${each.place} ${number}`;
    next.set(each.place, number);
    taken.add(place);
    return place === each.place ? each : { ...each, place };
  });
}
