import type { StoredSecret } from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { normalizeGitUrl } from "../kinds/comparable_url.ts";
import { shownUrl } from "../kinds/url.ts";
import { type ArgocdSecret, argocdSecrets } from "./argocd_secret.ts";
import { FoundByUrl } from "./resolve.ts";
import { ofEach } from "./secret_rules.ts";
import { duplicates, withoutEnableOci } from "./set_rules.ts";

/**
 * What is wrong with Argo CD's repository and template secrets of one cluster, told from them alone. Pure;
 * it never throws, whatever is in them.
 * @param secrets of any type; those that are none of Argo CD's for repositories are left out
 */
export function repositoryFindings(secrets: readonly StoredSecret[]): readonly Finding[] {
  const all = argocdSecrets(secrets);
  return [false, true].flatMap((isWrite) => {
    const those = all.filter((each) => each.isWrite === isWrite);
    return findingsOf(those, new FoundByUrl(those, isWrite));
  });
}

function findingsOf(all: readonly ArgocdSecret[], found: FoundByUrl): readonly Finding[] {
  return [...all.flatMap(ofEach), ...duplicates(all), ...withoutEnableOci(all, found)];
}

/**
 * Those that matter to an Application: of the secrets that match its URL, and of what breaks all.
 * @param all those for reading
 */
export function findingsFor(
  all: readonly ArgocdSecret[],
  found: FoundByUrl,
  url: string,
  project: string,
): readonly Finding[] {
  const matching = [...found.repositories(url, project), ...found.templates(url)];
  const names = new Set(
    [...matching, ...all.filter(breaksAll)].map(({ ref }) => ref.name),
  );
  const asked: Finding[] = normalizeGitUrl(url) !== "" ? [] : [{
    code: "unparsable_url",
    message:
      `Argo CD cannot parse the Application's URL, ${shownUrl(url)}: only a repository secret ` +
      "with exactly this text is found for it, and no template",
    secrets: [],
  }];
  return [
    ...asked,
    ...findingsOf(all, found).filter(({ secrets }) => secrets.some(({ name }) => names.has(name))),
  ];
}

/**
 * Templates for charts and artifacts go along with each Application, whatever its source.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/controller/state.go GetRepoObjs
 */
export function breaksAll({ kind, isWrite, type, unparsable }: ArgocdSecret): boolean {
  return kind === "template" && !isWrite && unparsable.length > 0 && /^(helm|oci)$/i.test(type);
}
