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
import { imageUpdaterIn, type UpdaterLookup } from "./image_updater.ts";
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
  /** Where Image Updater reads pull secrets; where absent, there are no findings about it. */
  readonly argocdNamespace?: string;
  /** Whether the list has all pull secrets, of both types, in all namespaces of the service accounts. */
  readonly isComplete?: boolean;
  /** Further secrets that are known not to exist. */
  readonly absent?: readonly SecretRef[];
}

/** A finding, and the part of a registry that it is about; absent for the secret as a whole. */
export interface PlacedFinding {
  readonly place?: string;
  readonly finding: Finding;
}

/**
 * The findings about the pull secrets of one cluster: keys that the kubelet or Image Updater cannot match, plain HTTP,
 * logins without a password, unreadable configurations, and missing secrets that service accounts name. Never throws,
 * whatever the secrets contain.
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
 * The secrets that service accounts name and a list does not contain, each once. They may exist: the list may only
 * have labelled secrets.
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
 * Entries that `docker login` writes for its own use next to Docker Hub's login; they match no image.
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
  if (config.kind === "ignored") return [];
  if (config.kind === "unreadable") {
    return [{
      finding: {
        code: "pull_secret_unreadable",
        message:
          `The kubelet cannot read the Docker configuration: ${config.why}. Pods that use this ` +
          "pull secret cannot pull any image, even if they have other pull secrets",
        remedy: "Recreate the secret",
        secrets,
      },
    }];
  }
  const logins = config.logins.filter(({ key }) => !OWN_KEYS.has(key));
  const byPlace = Map.groupBy(logins, ({ key }) => meantBy(key));
  const updater = secret.namespace === argocdNamespace ? imageUpdaterIn(secret) : undefined;
  return [
    ...[...byPlace].flatMap(([place, logins]) => [
      ...place === undefined ? unknownPlaces(logins) : unmatched(place, logins),
      ...place === undefined || !updater ? [] : updaterFindings(place, logins, updater(place)),
    ]),
    ...logins.flatMap(loginFindings),
  ].map(({ place, ...finding }) => ({
    ...place === undefined ? {} : { place },
    finding: { ...finding, secrets },
  }));
}

type Unplaced = Omit<Finding, "secrets"> & { readonly place?: string };

/** The registry that a key is for, with its path unless that may be secret. */
const shownOf = (key: string) => placeShown(key) ?? "the registry";

const quoted = (key: string) => `'${shownUrl(key)}'`;

/** A finding about a place of which the kubelet matches no key. */
function unmatched(place: string, logins: readonly KubeletLogin[]): Unplaced[] {
  if (logins.some(({ key }) => isMatchedAsMeant(key, place))) return [];
  const { key } = logins[0]!;
  const better = placeShown(key) === place ? betterKey(place) : undefined;
  return [{
    place,
    code: "kubelet_cannot_match",
    message: `The kubelet never uses key ${quoted(key)} for images of ${shownOf(key)}: ${
      whyNeverMatched(key)
    }`,
    remedy: better === undefined
      ? "Use the registry's host as it appears in image names as the key"
      : `Use ${better} as the key`,
  }];
}

/** Findings about keys that are not a registry. A key with wildcards may be intended. */
function unknownPlaces(logins: readonly KubeletLogin[]): Unplaced[] {
  return logins.flatMap(({ key }) => {
    const own = kubeletKey(key);
    if (own !== undefined && (own.includes("*") || isMatchedByAny(key))) return [];
    const why = own === undefined ? "it is not a valid URL" : "no image name starts with it";
    return [{
      code: "kubelet_cannot_match",
      message: `The kubelet never uses key ${quoted(key)}: ${why}`,
      remedy: "Use the registry's host, such as ghcr.io, as the key",
    }];
  });
}

function updaterFindings(
  place: string,
  logins: readonly KubeletLogin[],
  found: UpdaterLookup,
): Unplaced[] {
  if (found === "found") return [];
  const { key } = logins[0]!;
  const isHub = /^docker\.io(\/|$)/.test(place);
  return [
    found === "no_auth"
      ? {
        place,
        code: "image_updater_cannot_match",
        message:
          `Argo CD Image Updater finds no login in entry ${quoted(key)}: it reads only the field ` +
          "'auth', which must be username:password in base64",
        remedy: "Recreate the entry with 'auth'",
      }
      : {
        place,
        code: "image_updater_cannot_match",
        message:
          `Argo CD Image Updater finds no login for ${shownOf(key)} under key ${quoted(key)}` +
          (isHub ? ": it looks for https://registry-1.docker.io" : ""),
        remedy: isHub
          ? "Add the login with key https://registry-1.docker.io as well"
          : `Add the login with key ${shownOf(key)} to .dockerconfigjson`,
      },
  ];
}

function loginFindings({ key, username, password }: KubeletLogin): Unplaced[] {
  const place = meantBy(key);
  const findings: Unplaced[] = [];
  if (/^http:\/\//i.test(key.trim())) {
    findings.push({
      code: "plain_http_registry",
      message:
        `Key ${quoted(key)} is for plain HTTP, over which the password can be intercepted. ` +
        "The kubelet ignores the scheme; whether HTTP is used is up to the container runtime",
      remedy: "Serve the registry over HTTPS, and use its host without a scheme as the key",
    });
  }
  if (username === "" || password.reveal() === "") {
    findings.push({
      code: "login_incomplete",
      message: `Entry ${quoted(key)} has no ` +
        (username === "" && password.reveal() === ""
          ? "user name and no password"
          : username === ""
          ? "user name"
          : "password") +
        " that the kubelet can use: it reads 'auth', or 'username' and 'password', but not " +
        "'identitytoken'. It tries the entry anyway",
      remedy: "Recreate the entry with a user name and a password",
    });
  }
  return findings.map((each) => place === undefined ? each : { place, ...each });
}

/** The names of the service accounts that name each secret, by `refKey` of the secret. */
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
      `${who} the pull secret '${name}', which does not exist in namespace '${namespace}': ` +
      "the kubelet pulls without it",
    remedy:
      "Create the pull secret in the namespace, or remove it from the service account's imagePullSecrets",
    secrets: [{ namespace, name }],
  }];
}
