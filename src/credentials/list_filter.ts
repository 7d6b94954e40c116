import type { Deadline } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import { refKey, type SecretStore, type SecretSummary, type StoredSecret } from "../kube/store.ts";
import { HIDDEN } from "../fields/field.ts";
import { comparableUrl } from "./kinds/comparable_url.ts";
import { shownUsername } from "./kinds/password.ts";
import { configOf } from "./kinds/pull_secret.ts";
import { registryHost, registryName, registryPlace } from "./kinds/registry.ts";
import { shownUrl } from "./kinds/url.ts";
import { registriesIn, type RegistryLogin } from "./material/docker_config.ts";

/** Which secrets of a list are meant: those that have all of what is given. */
export interface SecretFilter {
  /** As it is shown, letter by letter. */
  readonly username?: string;
  /** Any spelling of it; with a path what is below that. */
  readonly registry?: string;
  /** The beginning of a repository's or template's URL. */
  readonly urlPrefix?: string;
}

/** A pull secret with its logins, where they were looked at. */
export interface DockerSummary extends SecretSummary {
  readonly registries?: readonly RegistryLogin[];
}

export interface Filtered<Secret> {
  readonly secrets: readonly Secret[];
  /** What could not be judged: it is left out, and said. */
  readonly warnings: readonly string[];
}

/** Whether one is meant; `unknown` when what it would be judged by is not shown. */
type Verdict = "meant" | "other" | "unknown";

/** Whether anything is left out. */
export function filters({ username, registry, urlPrefix }: SecretFilter): boolean {
  return username !== undefined || registry !== undefined || urlPrefix !== undefined;
}

/**
 * The repositories and templates that are meant, judged by what is listed of them. User names and URLs
 * are compared as they are shown: by others it could be found out bit by bit what is not.
 */
export function filterRepositories(
  secrets: readonly SecretSummary[],
  filter: SecretFilter,
): Filtered<SecretSummary> {
  return judged(secrets, ({ repository }) => {
    const url = shownUrl(repository?.url ?? "").replace(`${HIDDEN}@`, "");
    if (filter.urlPrefix !== undefined && !beginsWith(url, filter.urlPrefix)) return "other";
    if (filter.registry !== undefined && !isAt(url, filter.registry)) return "other";
    return verdictOn(repository && shownUsername(repository), filter);
  });
}

/**
 * The pull secrets that are meant. Which registries one is for is in its data, so that they are read
 * for it, all at once; the values stay sealed, and only what is shown of a single secret is compared.
 */
export async function filterDocker(
  secrets: readonly SecretSummary[],
  filter: SecretFilter,
  store: SecretStore,
  deadline: Deadline,
): Promise<Filtered<DockerSummary>> {
  // They have no URL.
  if (filter.urlPrefix !== undefined || secrets.length === 0) return { secrets: [], warnings: [] };
  let found: ReadonlyMap<string, StoredSecret>;
  try {
    ({ secrets: found } = await store.read(secrets, deadline));
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const warning = `Cannot read these docker secrets, so they may match: ${listed(secrets)} ` +
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
  const { secrets: meant, warnings } = judged(readable, ({ registries = [] }) => {
    const verdicts = registries
      .filter(({ registry }) => filter.registry === undefined || isAt(registry, filter.registry))
      .map(({ username }) => verdictOn(username, filter));
    return verdicts.find((each) => each === "meant") ??
      verdicts.find((each) => each === "unknown") ?? "other";
  });
  return {
    secrets: meant,
    warnings: [
      ...unreadable.length === 0 ? [] : [
        `Cannot parse the Docker configuration of these secrets, so they may match: ${
          listed(unreadable)
        }`,
      ],
      ...warnings,
    ],
  };
}

/** `undefined` where what it holds cannot be read. */
function loginsOf({ type, data }: StoredSecret): readonly RegistryLogin[] | undefined {
  const config = configOf(type, data.reveal());
  const logins = config && registriesIn(config.text, config.form);
  return logins?.ok ? logins.value : undefined;
}

/** @param shown `undefined` where there is none */
function verdictOn(shown: string | undefined, { username }: SecretFilter): Verdict {
  if (username === undefined || shown === username) return "meant";
  return shown?.includes(HIDDEN) ? "unknown" : "other";
}

function judged<Secret extends SecretSummary>(
  secrets: readonly Secret[],
  verdictOf: (secret: Secret) => Verdict,
): Filtered<Secret> {
  const verdicts = secrets.map(verdictOf);
  const hidden = secrets.filter((_, i) => verdicts[i] === "unknown");
  return {
    secrets: secrets.filter((_, i) => verdicts[i] === "meant"),
    warnings: hidden.length === 0 ? [] : [
      "User names that look like tokens are hidden and not compared, so these secrets may match: " +
      listed(hidden),
    ],
  };
}

/** How many secrets a warning names. */
const MOST = 10;

function listed(secrets: readonly SecretSummary[]): string {
  const more = secrets.length > MOST ? ` and ${secrets.length - MOST} more` : "";
  return secrets.slice(0, MOST).map(refKey).join(", ") + more;
}

/** Whether a key of a Docker configuration, or a URL, is that of a registry, or of what is below it. */
function isAt(text: string, registry: string): boolean {
  const place = placeOf(text);
  const wanted = placeOf(registry);
  if (place === undefined || wanted === undefined) return false;
  return place === wanted || place.startsWith(wanted.replace(/\/?$/, "/"));
}

/** One name for all spellings; of a path that no image can have the host alone. */
function placeOf(text: string): string | undefined {
  const plain = text.trim().replace(/^oci:\/\//i, "");
  const [authority = ""] = plain.replace(/^https?:\/\//i, "").split("/");
  const place = registryPlace(plain) ?? registryHost(authority);
  return place === undefined ? undefined : registryName(place);
}

/** Whether a URL begins so when both are written as Argo CD compares them. */
function beginsWith(url: string, prefix: string): boolean {
  const [whole, start] = [plainUrl(url), plainUrl(prefix)];
  // Without a scheme it means each of them.
  const compared = SCHEME.test(start) ? whole : whole.replace(SCHEME, "");
  return compared !== "" && compared.startsWith(start);
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//;

/** OCI is stored without a scheme. */
const plainUrl = (url: string) => comparableUrl(url.trim().replace(/^oci:\/\//i, "")).toLowerCase();
