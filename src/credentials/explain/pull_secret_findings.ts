import {
  refKey,
  refOf,
  type SecretRef,
  type ServiceAccount,
  type StoredSecret,
} from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { shownUrl } from "../kinds/url.ts";
import { isPullSecretType } from "../kinds/pull_secret.ts";
import { imageUpdaterLooksUp } from "./image_updater.ts";
import { kubeletConfig, type KubeletLogin } from "./kubelet_config.ts";
import { kubeletKey } from "./kubelet_keyring.ts";
import {
  betterKey,
  isMatchedAsMeant,
  isMatchedByAny,
  meantBy,
  placeShown,
  whyNeverMatched,
} from "./registry_keys.ts";

export interface PullSecretScope {
  /** Where Image Updater reads pull secrets; absent: nothing is said about it. */
  readonly argocdNamespace?: string;
  /** Whether the secrets are all of both pull-secret types in all namespaces of the service accounts. */
  readonly isComplete?: boolean;
  /** Secrets besides that are known not to be there. */
  readonly absent?: readonly SecretRef[];
}

/** A finding, and the part of a registry that it is about; absent where it is about all of the secret. */
export interface PlacedFinding {
  readonly place?: string;
  readonly finding: Finding;
}

/**
 * What is wrong with the pull secrets of one cluster: keys that kubelet or Image Updater cannot match, plain
 * HTTP, logins without a password, configurations that cannot be read, and secrets that service accounts
 * name and that are not there. It never throws on odd data.
 * @param serviceAccounts `undefined` where they were not read
 */
export function pullSecretFindings(
  pullSecrets: readonly StoredSecret[],
  serviceAccounts?: readonly ServiceAccount[],
  { argocdNamespace, isComplete = false, absent = [] }: PullSecretScope = {},
): Finding[] {
  const accounts = serviceAccounts ?? [];
  const missing = isComplete ? namedButNotListed(pullSecrets, accounts) : absent;
  const users = usersOf(accounts);
  return [
    ...pullSecrets.flatMap((secret) => findingsIn(secret, argocdNamespace))
      .map(({ finding }) => finding),
    ...missing.flatMap((ref) => missingFinding(ref, users.get(refKey(ref)) ?? [])),
  ];
}

/**
 * What service accounts name and a list does not have, each once. That alone does not tell that it is not
 * there: the list may have been of labelled secrets only.
 * @param names only secrets of these names. @default all
 */
export function namedButNotListed(
  pullSecrets: readonly SecretRef[],
  serviceAccounts: readonly ServiceAccount[],
  names?: ReadonlySet<string>,
): SecretRef[] {
  const listed = new Set(pullSecrets.map(refKey));
  const named = serviceAccounts.flatMap(({ namespace, pullSecrets }) =>
    pullSecrets.map((name): SecretRef => ({ namespace, name }))
  );
  const lacking = named.filter((ref) =>
    !listed.has(refKey(ref)) && (names === undefined || names.has(ref.name))
  );
  return [...new Map(lacking.map((ref) => [refKey(ref), ref])).values()];
}

/**
 * What `docker login` puts down for itself beside Docker Hub's login: no image's.
 * @see https://github.com/docker/cli/blob/02f89d5c1716/cli/internal/oauth/manager/manager.go storeTokensInStore
 */
const OWN_KEYS: ReadonlySet<string> = new Set(
  ["access-token", "refresh-token"].map((name) => `https://index.docker.io/v1/${name}`),
);

/** @param argocdNamespace where Image Updater reads pull secrets */
export function findingsIn(secret: StoredSecret, argocdNamespace?: string): PlacedFinding[] {
  if (!isPullSecretType(secret.type)) return [];
  const secrets = [refOf(secret)];
  const config = kubeletConfig(secret);
  if (config.kind === "passed_over") return [];
  if (config.kind === "unreadable") {
    return [{
      finding: {
        code: "pull_secret_unreadable",
        message: `Kubelet cannot read the Docker configuration: ${config.why}. A pod that names ` +
          "this pull secret pulls nothing, whatever its other pull secrets hold",
        remedy: "Recreate the secret",
        secrets,
      },
    }];
  }
  const logins = config.logins.filter(({ key }) => !OWN_KEYS.has(key));
  const byPlace = Map.groupBy(logins, ({ key }) => meantBy(key));
  const isForUpdater = secret.namespace === argocdNamespace;
  return [
    ...[...byPlace].flatMap(([place, logins]) => [
      ...place === undefined ? unknownPlaces(logins) : unmatched(place, logins),
      ...place === undefined || !isForUpdater ? [] : updaterFindings(place, logins, secret),
    ]),
    ...logins.flatMap(loginFindings),
  ].map(({ place, ...finding }) => ({
    ...place === undefined ? {} : { place },
    finding: { ...finding, secrets },
  }));
}

type Unplaced = Omit<Finding, "secrets"> & { readonly place?: string };

/** What a key is for, and the part of a registry only where that is no secret. */
const shownOf = (key: string) => placeShown(key) ?? "the registry";

const quoted = (key: string) => `'${shownUrl(key)}'`;

/** One of the keys of a place is enough. */
function unmatched(place: string, logins: readonly KubeletLogin[]): Unplaced[] {
  if (logins.some(({ key }) => isMatchedAsMeant(key, place))) return [];
  const { key } = logins[0]!;
  const better = placeShown(key) === place ? betterKey(place) : undefined;
  return [{
    place,
    code: "kubelet_cannot_match",
    message: `Kubelet never uses key ${quoted(key)} for images of ${shownOf(key)}: ${
      whyNeverMatched(key)
    }`,
    remedy: better === undefined
      ? "Write the login under the host by which images name the registry"
      : `Write the login under ${better}`,
  }];
}

/** A key with wildcards is kubelet's own business; one that is no URL is nobody's. */
function unknownPlaces(logins: readonly KubeletLogin[]): Unplaced[] {
  return logins.flatMap(({ key }) => {
    const own = kubeletKey(key);
    if (own !== undefined && (own.includes("*") || isMatchedByAny(key))) return [];
    const why = own === undefined ? "it is no URL" : "no image name begins with it";
    return [{
      code: "kubelet_cannot_match",
      message: `Kubelet never uses key ${quoted(key)}: ${why}`,
      remedy: "Write the login under the registry's host, like ghcr.io",
    }];
  });
}

function updaterFindings(
  place: string,
  logins: readonly KubeletLogin[],
  secret: StoredSecret,
): Unplaced[] {
  const found = imageUpdaterLooksUp(place, secret);
  if (found === "found") return [];
  const { key } = logins[0]!;
  const isHub = /^docker\.io(\/|$)/.test(place);
  return [
    found === "no_auth"
      ? {
        place,
        code: "image_updater_cannot_match",
        message:
          `Argo CD Image Updater takes no login from the entry ${quoted(key)}: it reads the ` +
          "field 'auth' alone, and that has no username:password in base64",
        remedy: "Recreate the login, with 'auth'",
      }
      : {
        place,
        code: "image_updater_cannot_match",
        message:
          `Argo CD Image Updater finds no login for ${shownOf(key)} by the key ${quoted(key)}` +
          (isHub ? ": it looks for https://registry-1.docker.io" : ""),
        remedy: isHub
          ? "Write the login under https://registry-1.docker.io, too"
          : `Write the login under ${shownOf(key)} into the key .dockerconfigjson`,
      },
  ];
}

function loginFindings({ key, username, password }: KubeletLogin): Unplaced[] {
  const place = meantBy(key);
  const findings: Unplaced[] = [];
  if (/^http:\/\//i.test(key.trim())) {
    findings.push({
      code: "plain_http_registry",
      message: `Key ${quoted(key)} is plain HTTP: the password can be read in transit; ` +
        "kubelet drops the scheme, and the container runtime decides",
      remedy: "Have the registry serve HTTPS, and write the login under its host alone",
    });
  }
  if (username === "" || password.reveal() === "") {
    findings.push({
      code: "login_incomplete",
      message: `The entry ${quoted(key)} has no ` +
        (username === "" && password.reveal() === ""
          ? "user name and no password"
          : username === ""
          ? "user name"
          : "password") +
        " for kubelet, which tries it all the same: it reads 'auth', or 'username' and 'password', " +
        "but no 'identitytoken'",
      remedy: "Write the login with a user name and a password",
    });
  }
  return findings.map((each) => place === undefined ? each : { place, ...each });
}

/** Names of the service accounts that name a secret, by its key. */
function usersOf(accounts: readonly ServiceAccount[]): ReadonlyMap<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { namespace, name, pullSecrets } of accounts) {
    for (const secret of new Set(pullSecrets)) {
      const key = refKey({ namespace, name: secret });
      const known = users.get(key);
      if (known === undefined) users.set(key, [name]);
      else known.push(name);
    }
  }
  return users;
}

/** @param users the service accounts that name it */
function missingFinding({ namespace, name }: SecretRef, users: readonly string[]): Finding[] {
  if (users.length === 0) return [];
  const quotedUsers = users.map((user) => `'${user}'`);
  const shown = users.length > 4
    ? `${quotedUsers[0]} and ${users.length - 1} more`
    : quotedUsers.join(", ");
  const who = users.length === 1
    ? `Service account ${shown} names`
    : `Service accounts ${shown} name`;
  return [{
    code: "pull_secret_missing",
    message:
      `${who} the pull secret '${name}', and namespace '${namespace}' has no pull secret of ` +
      "that name: kubelet pulls without it",
    remedy:
      "Write the pull secret to the namespace, or remove it from the service account's imagePullSecrets",
    secrets: [{ namespace, name }],
  }];
}
