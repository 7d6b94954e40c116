import type { SecretRef } from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { shownUrl } from "../kinds/url.ts";
import type { ArgocdSecret } from "./argocd_secret.ts";
import type { FoundByUrl } from "./resolve.ts";
import { titleOf } from "./secret_rules.ts";

/** Findings about several secrets of one cluster. */

/** Secrets that match the same URLs equally well. */
export function duplicates(all: readonly ArgocdSecret[]): readonly Finding[] {
  const groups = Map.groupBy(all, ({ kind, prefix, comparable, project }) => {
    const key = kind === "template" ? prefix : comparable;
    return key === "" ? "" : JSON.stringify([kind, key, project]);
  });
  return [...groups].flatMap(([key, those]) => {
    const [first, ...others] = those;
    if (key === "" || first === undefined || others.length === 0) return [];
    const project = first.project === "" ? "" : ` and project '${first.project}'`;
    return [{
      code: "duplicate_url",
      message: `${titleOf(first)} has the same URL${project} as ${names(others)}, ` +
        `${shownUrl(first.url)}: Argo CD picks one of them at random each time`,
      remedy: "Delete all but one of them",
      secrets: those.map(({ ref }) => ref),
    }];
  });
}

function names(secrets: readonly ArgocdSecret[]): string {
  const shown = secrets.slice(0, 3).map(({ ref }) => `'${ref.name}'`).join(", ");
  return secrets.length > 3 ? `${shown} and ${secrets.length - 3} more` : shown;
}

/**
 * Templates that make Argo CD treat an OCI registry as a plain Helm repository: the template's `enableOCI` overwrites
 * the repository's.
 */
export function withoutEnableOci(
  all: readonly ArgocdSecret[],
  found: FoundByUrl,
): readonly Finding[] {
  /** The repositories of templates with one URL, of which there may be thousands. */
  const ofTied = new Map<readonly ArgocdSecret[], SecretRef[]>();
  for (const secret of all) {
    const isOci = secret.fields.reveal().enableOCI === true;
    if (secret.kind !== "repository" || secret.hasOwnCredential || !isOci) continue;
    const templates = found.templates(secret.url);
    const repositories = ofTied.get(templates);
    if (repositories === undefined) ofTied.set(templates, [secret.ref]);
    else repositories.push(secret.ref);
  }
  const turnedOff = new Map(
    [...ofTied].flatMap(([templates, repositories]) =>
      templates.filter(lacksOci).map((template, i) => [template, { repositories, i }] as const)
    ),
  );
  return all.flatMap((template) => {
    const { repositories = [], i = 0 } = turnedOff.get(template) ?? {};
    if (repositories.length === 0 && !isForRegistry(template)) return [];
    const whose = repositories.length === 0
      ? `is for an OCI registry, since its URL (${shownUrl(template.url)}) has no scheme`
      : `is used for ${repositories.length} ${
        repositories.length === 1 ? "repository" : "repositories"
      } ` +
        `with enableOCI, such as '${repositories[0]!.name}'`;
    return [{
      code: "template_without_enable_oci",
      message:
        `${titleOf(template)} ${whose}, but does not set enableOCI and so turns it off: Argo CD ` +
        "then looks for the index of a plain Helm repository",
      remedy: 'Set its enableOCI to "true"',
      // The repositories of several templates have the finding once.
      secrets: [template.ref, ...i === 0 ? repositories : []],
    }];
  });
}

const lacksOci = ({ fields, unparsable }: ArgocdSecret) =>
  unparsable.length === 0 && fields.reveal().enableOCI !== true;

/** Whether it is meant for charts in an OCI registry, the only URLs without a scheme. */
function isForRegistry(secret: ArgocdSecret): boolean {
  const { kind, prefix, type } = secret;
  return kind === "template" && /^(helm)?$/.test(type) && lacksOci(secret) &&
    /^[^/:@]+(:[0-9]+)?(\/|$)/.test(prefix);
}
