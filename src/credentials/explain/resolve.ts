import { seal, type Sealed } from "../../log/sealed.ts";
import { comparableUrl, normalizeGitUrl } from "../kinds/comparable_url.ts";
import type { ArgocdFields, ArgocdSecret } from "./argocd_secret.ts";

/** One possible result of Argo CD's search for the repository of a repoURL. */
export interface Resolution {
  /** The repository secret; absent where the URL has none. */
  readonly repository?: ArgocdSecret;
  /** The template that is used; absent where Argo CD looks for none, or none matches. */
  readonly template?: ArgocdSecret;
  /** The secret that Argo CD cannot parse, because of which every Application with the URL fails. */
  readonly failed?: ArgocdSecret;
  /** The repository's fields including inherited ones; only the URL where Argo CD fails. */
  readonly fields: Sealed<ArgocdFields>;
  /** Keys inherited from the template. */
  readonly inherited: readonly string[];
  /** Flags of the repository that the template overwrites. */
  readonly overwritten: readonly string[];
}

/**
 * Finds the secrets of one cluster by URL. Pure, and fast for thousands of secrets.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository_secrets.go getRepositorySecret, getRepositoryCredentialIndex
 */
export class FoundByUrl {
  readonly #repositories: ReadonlyMap<string, readonly ArgocdSecret[]>;
  readonly #templates: ReadonlyMap<string, readonly ArgocdSecret[]>;
  /** The distinct lengths of the templates' prefixes, longest first: a URL has one prefix of each length. */
  readonly #lengths: readonly number[];

  /** @param isWrite whether to use the secrets for pushing, or the ones for reading */
  constructor(secrets: readonly ArgocdSecret[], isWrite = false) {
    const of = (kind: ArgocdSecret["kind"]) =>
      secrets.filter((each) => each.kind === kind && each.isWrite === isWrite);
    this.#repositories = Map.groupBy(of("repository"), ({ comparable }) => comparable);
    this.#templates = Map.groupBy(of("template"), ({ prefix }) => prefix);
    const lengths = new Set([...this.#templates.keys()].map(({ length }) => length));
    this.#lengths = [...lengths].filter((length) => length > 0).sort((a, b) => b - a);
  }

  /** All repositories of the URL, in any project. */
  ofUrl(url: string): readonly ArgocdSecret[] {
    const key = comparableUrl(url);
    return key === "" ? [] : this.#repositories.get(key) ?? [];
  }

  /** The repositories of which Argo CD picks one at random: of the project, otherwise without a project. */
  repositories(url: string, project: string): readonly ArgocdSecret[] {
    const all = this.ofUrl(url);
    const own = all.filter((each) => each.project === project);
    return own.length > 0 ? own : all.filter((each) => each.project === "");
  }

  /** All templates that match the URL, the longest prefixes first. */
  matching(url: string): readonly ArgocdSecret[] {
    return this.#byPrefix(url).toArray().flat();
  }

  /** The templates of which Argo CD picks one at random: with the longest matching prefix. */
  templates(url: string): readonly ArgocdSecret[] {
    return this.#byPrefix(url).next().value ?? [];
  }

  *#byPrefix(url: string): Generator<readonly ArgocdSecret[], undefined> {
    const text = normalizeGitUrl(url);
    for (const length of this.#lengths) {
      const found = length > text.length ? undefined : this.#templates.get(text.slice(0, length));
      if (found !== undefined) yield found;
    }
  }

  /** The secrets that Argo CD always uses for the URL, and the ones that it picks from at random. */
  uses(url: string, project: string): ReadonlyMap<ArgocdSecret, "used" | "possible"> {
    const repositories = this.repositories(url, project);
    const looking = repositories.filter(looksForTemplates);
    const spelled = repositories.length === 0 ? [url] : looking.map((each) => each.url);
    // Templates are looked up by each spelling of the URL; there is rarely more than one.
    const found = Map.groupBy(spelled, normalizeGitUrl).values().map(([url]) =>
      this.templates(url!)
    ).toArray();
    const isAlways = looking.length === repositories.length && found.length === 1;
    const states = (tied: readonly ArgocdSecret[], isAlways: boolean) =>
      tied.map((secret) => [secret, isAlways && tied.length === 1 ? "used" : "possible"] as const);
    return new Map([
      ...states(repositories, true),
      ...found.flatMap((templates) => states(templates, isAlways)),
    ]);
  }

  /**
   * The possible resolutions of the URL for an Application of the project: several only where several secrets match
   * equally well.
   * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository.go GetRepository, enrichCredsToRepo
   */
  *resolve(url: string, project: string): Generator<Resolution, void> {
    const repositories = this.repositories(url, project);
    if (repositories.length === 0) return yield* this.#withTemplates(undefined, url);
    for (const repository of repositories) yield* this.#resolveAs(repository);
  }

  /** The first possible resolution of the URL with this repository; `undefined` where Argo CD never finds it. */
  resolveAs(repository: ArgocdSecret): Resolution | undefined {
    return repository.comparable === "" ? undefined : this.#resolveAs(repository).next().value;
  }

  *#resolveAs(repository: ArgocdSecret): Generator<Resolution, undefined> {
    if (repository.unparsable.length > 0) {
      yield { ...NOTHING, repository, failed: repository, fields: bare(repository.url) };
    } else if (repository.hasOwnCredential) {
      yield { ...NOTHING, repository, fields: repository.fields };
    } else {
      // Argo CD looks up templates by the URL as the secret spells it.
      yield* this.#withTemplates(repository, repository.url);
    }
    return undefined;
  }

  *#withTemplates(repository: ArgocdSecret | undefined, url: string): Generator<Resolution, void> {
    const own = repository?.fields ?? bare(url);
    const found = repository === undefined ? {} : { repository };
    const templates = this.templates(url);
    if (templates.length === 0) yield { ...NOTHING, ...found, fields: own };
    for (const template of templates) {
      if (template.unparsable.length > 0) {
        yield { ...NOTHING, ...found, template, failed: template, fields: own };
      } else {
        yield { ...found, template, ...inherit(own, template, repository?.keys) };
      }
    }
  }
}

const looksForTemplates = ({ unparsable, hasOwnCredential }: ArgocdSecret) =>
  unparsable.length === 0 && !hasOwnCredential;

const NOTHING = { inherited: [], overwritten: [] } as const;

const bare = (url: string) => seal<ArgocdFields>(url === "" ? {} : { url });

/** Flags that a template overwrites, whatever the repository has. */
const OVERWRITTEN = [
  "enableOCI",
  "insecureOCIForceHttp",
  "forceHttpBasicAuth",
  "useAzureWorkloadIdentity",
];

/** @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go CopyCredentialsFrom */
function inherit(
  own: Sealed<ArgocdFields>,
  template: ArgocdSecret,
  stated: ReadonlySet<string> = new Set(),
): Pick<Resolution, "fields" | "inherited" | "overwritten"> {
  const fields: Record<string, string | true> = { ...own.reveal() };
  const given = template.fields.reveal();
  const inherited: string[] = [];
  const overwritten: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (OVERWRITTEN.includes(key) || Object.hasOwn(fields, key)) continue;
    fields[key] = value;
    inherited.push(key);
  }
  for (const key of OVERWRITTEN) {
    if (fields[key] === given[key]) continue;
    (stated.has(key) ? overwritten : inherited).push(key);
    if (given[key] === true) fields[key] = true;
    else delete fields[key];
  }
  return { fields: seal(fields), inherited, overwritten };
}
