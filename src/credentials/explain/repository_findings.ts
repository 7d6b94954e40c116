import type { StoredSecret } from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { normalizeGitUrl } from "../kinds/comparable_url.ts";
import { shownUrl } from "../kinds/url.ts";
import { type ArgocdSecret, argocdSecrets } from "./argocd_secret.ts";
import { FoundByUrl } from "./resolve.ts";
import { secretFindings } from "./secret_rules.ts";
import { duplicates, withoutEnableOci } from "./set_rules.ts";

/**
 * The findings about Argo CD's repository and template secrets of one cluster. Pure; never throws, whatever the
 * secrets contain.
 * @param secrets of any type; others than repository and template secrets are ignored
 */
export function repositoryFindings(secrets: readonly StoredSecret[]): readonly Finding[] {
  const all = argocdSecrets(secrets);
  return [false, true].flatMap((isWrite) => {
    const those = all.filter((each) => each.isWrite === isWrite);
    return findingsOf(those, new FoundByUrl(those, isWrite));
  });
}

function findingsOf(all: readonly ArgocdSecret[], found: FoundByUrl): readonly Finding[] {
  return [...all.flatMap(secretFindings), ...duplicates(all), ...withoutEnableOci(all, found)];
}

/**
 * The findings that matter to an Application: about the secrets that match its URL, and about secrets that break every
 * Application.
 * @param all secrets for reading
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
      `Argo CD cannot parse the Application's URL, ${shownUrl(url)}: it uses only a repository ` +
      "secret with exactly this URL, and no template",
    secrets: [],
  }];
  return [
    ...asked,
    ...findingsOf(all, found).filter(({ secrets }) => secrets.some(({ name }) => names.has(name))),
  ];
}

/**
 * Whether a secret breaks every Application: Argo CD reads all Helm and OCI templates for each of them.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/controller/state.go GetRepoObjs
 */
export function breaksAll({ kind, isWrite, type, unparsable }: ArgocdSecret): boolean {
  return kind === "template" && !isWrite && unparsable.length > 0 && /^(helm|oci)$/i.test(type);
}
