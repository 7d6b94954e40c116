import type { Deadline } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import { refKey, type SecretStore, type SecretSummary, type StoredSecret } from "../kube/store.ts";
import { HIDDEN } from "../fields/field.ts";
import { comparableUrl } from "./kinds/comparable_url.ts";
import { shownUsername } from "./kinds/password.ts";
import { dockerConfigOf } from "./kinds/pull_secret.ts";
import { registryHost, registryName, registryPlace } from "./kinds/registry.ts";
import { shownUrl } from "./kinds/url.ts";
import { registriesIn, type RegistryLogin } from "./material/docker_config.ts";

/** Filters a list: a secret matches when it matches every given field. */
export interface SecretFilter {
  /** The user name as it is shown; compared exactly. */
  readonly username?: string;
  /** The registry in any spelling; with a path, it matches everything below that path. */
  readonly registry?: string;
  /** The prefix of a repository's or template's URL. */
  readonly urlPrefix?: string;
}

/** A pull secret, with its logins if they were read. */
export interface DockerSummary extends SecretSummary {
  readonly registries?: readonly RegistryLogin[];
}

export interface Filtered<Secret> {
  readonly secrets: readonly Secret[];
  /** Names the secrets that could not be compared, and so are left out. */
  readonly warnings: readonly string[];
}

/** How a secret compares with the filter; `unknown` when the value to compare is masked. */
type Match = "match" | "other" | "unknown";

/** Whether the filter has any field. */
export function filters({ username, registry, urlPrefix }: SecretFilter): boolean {
  return username !== undefined || registry !== undefined || urlPrefix !== undefined;
}

/**
 * The repositories and templates that match. User names and URLs are compared in their masked form:
 * otherwise a caller could guess the masked part bit by bit.
 */
export function filterRepositories(
  secrets: readonly SecretSummary[],
  filter: SecretFilter,
): Filtered<SecretSummary> {
  return filtered(secrets, ({ repository }) => {
    const url = shownUrl(repository?.url ?? "").replace(`${HIDDEN}@`, "");
    if (filter.urlPrefix !== undefined && !beginsWith(url, filter.urlPrefix)) return "other";
    if (filter.registry !== undefined && !isAt(url, filter.registry)) return "other";
    return matchOf(repository && shownUsername(repository), filter);
  });
}

/**
 * The pull secrets that match. The registries of a pull secret are in its data, so the data is read, in
 * one request for all secrets. Values stay sealed: only what showing the secret would print is compared.
 */
export async function filterDocker(
  secrets: readonly SecretSummary[],
  filter: SecretFilter,
  store: SecretStore,
  deadline: Deadline,
): Promise<Filtered<DockerSummary>> {
  // Pull secrets have no URL.
  if (filter.urlPrefix !== undefined || secrets.length === 0) return { secrets: [], warnings: [] };
  let found: ReadonlyMap<string, StoredSecret>;
  try {
    ({ secrets: found } = await store.read(secrets, deadline));
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const warning = `Cannot read docker secrets, which may match the filter: ${listed(secrets)} ` +
      `(${error.message})`;
    return { secrets: [], warnings: [warning] };
  }
  const there = secrets.filter((secret) => found.has(refKey(secret)));
  const logins = new Map(
    there.map((secret) => [refKey(secret), loginsOf(found.get(refKey(secret))!)]),
  );
  const unreadable = there.filter((secret) => logins.get(refKey(secret)) === undefined);
  const readable = there.flatMap((secret): DockerSummary[] => {
    const registries = logins.get(refKey(secret));
    return registries === undefined ? [] : [{ ...secret, registries }];
  });
  const { secrets: meant, warnings } = filtered(readable, ({ registries = [] }) => {
    const verdicts = registries
      .filter(({ registry }) => filter.registry === undefined || isAt(registry, filter.registry))
      .map(({ username }) => matchOf(username, filter));
    return verdicts.find((each) => each === "match") ??
      verdicts.find((each) => each === "unknown") ?? "other";
  });
  return {
    secrets: meant,
    warnings: [
      ...unreadable.length === 0 ? [] : [
        `Cannot parse the Docker configuration of secrets, which may match the filter: ${
          listed(unreadable)
        }`,
      ],
      ...warnings,
    ],
  };
}

/** `undefined` when the secret's configuration cannot be parsed. */
function loginsOf({ type, data }: StoredSecret): readonly RegistryLogin[] | undefined {
  const config = dockerConfigOf(type, data.reveal());
  const logins = config && registriesIn(config.text, config.form);
  return logins?.ok ? logins.value : undefined;
}

/** @param shown the masked user name; `undefined` where there is none */
function matchOf(shown: string | undefined, { username }: SecretFilter): Match {
  if (username === undefined || shown === username) return "match";
  return shown?.includes(HIDDEN) ? "unknown" : "other";
}

function filtered<Secret extends SecretSummary>(
  secrets: readonly Secret[],
  compare: (secret: Secret) => Match,
): Filtered<Secret> {
  const verdicts = secrets.map(compare);
  const hidden = secrets.filter((_, i) => verdicts[i] === "unknown");
  return {
    secrets: secrets.filter((_, i) => verdicts[i] === "match"),
    warnings: hidden.length === 0 ? [] : [
      "User names that look like tokens are masked and not compared, so these secrets may match the " +
      "filter: " +
      listed(hidden),
    ],
  };
}

/** The most secrets that a warning names. */
const MOST = 10;

function listed(secrets: readonly SecretSummary[]): string {
  const more = secrets.length > MOST ? ` and ${secrets.length - MOST} more` : "";
  return secrets.slice(0, MOST).map(refKey).join(", ") + more;
}

/** Whether a key of a Docker configuration, or a URL, means a registry or a path below it. */
function isAt(text: string, registry: string): boolean {
  const place = placeOf(text);
  const wanted = placeOf(registry);
  if (place === undefined || wanted === undefined) return false;
  return place === wanted || place.startsWith(wanted.replace(/\/?$/, "/"));
}

/** One name for all spellings of a registry. A path that no image name can have is ignored. */
function placeOf(text: string): string | undefined {
  const plain = text.trim().replace(/^oci:\/\//i, "");
  const [authority = ""] = plain.replace(/^https?:\/\//i, "").split("/");
  const place = registryPlace(plain) ?? registryHost(authority);
  return place === undefined ? undefined : registryName(place);
}

/** Whether a URL has a prefix, when both are normalised as Argo CD compares them. */
function beginsWith(url: string, prefix: string): boolean {
  const [whole, start] = [plainUrl(url), plainUrl(prefix)];
  // A prefix without a scheme matches any scheme.
  const compared = SCHEME.test(start) ? whole : whole.replace(SCHEME, "");
  return compared !== "" && compared.startsWith(start);
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//;

/** Argo CD stores OCI registries without a scheme. */
const plainUrl = (url: string) => comparableUrl(url.trim().replace(/^oci:\/\//i, "")).toLowerCase();
