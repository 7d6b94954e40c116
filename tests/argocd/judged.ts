import { argocdReaderIsAtHand } from "../../scripts/argocd_reader/build.ts";
import type { CaseSecret } from "../../scripts/argocd_reader/answers.ts";
import { comparableUrl, normalizeGitUrl } from "../../src/credentials/kinds/comparable_url.ts";

/** Generated cases that Argo CD's own code judges, without a cluster. */

const ignore = !await argocdReaderIsAtHand();

/** Declares a test that is ignored where Argo CD's code neither is built nor can be. */
export function judgedTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** What a secret of these tests is told from others by; `undefined` where it holds no credential. */
export function valueOf(
  holder: { readonly password?: string; readonly sshPrivateKey?: string } | null | undefined,
): string | undefined {
  return holder?.password ?? holder?.sshPrivateKey;
}

/**
 * What this program takes Argo CD to use for a URL: of secrets that fit equally well each one's value.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository_secrets.go
 */
export function expectedValues(
  secrets: readonly CaseSecret[],
  url: string,
  project: string,
): Set<string | undefined> {
  const found = secrets.filter(({ secretType, data }) =>
    secretType === "repository" && comparableUrl(data.url ?? "") !== "" &&
    comparableUrl(data.url ?? "") === comparableUrl(url)
  );
  const of = (wanted: string) => found.filter(({ data }) => (data.project ?? "") === wanted);
  const own = of(project).length > 0 ? of(project) : of("");
  if (own.length === 0) return templateValues(secrets, url);
  return new Set(own.flatMap(({ data }) => {
    const value = valueOf(data);
    return value === undefined ? [...templateValues(secrets, data.url ?? "")] : [value];
  }));
}

/** The longest plain prefix decides. */
export function templateValues(
  secrets: readonly CaseSecret[],
  url: string,
): Set<string | undefined> {
  const text = normalizeGitUrl(url);
  const fitting = secrets.flatMap(({ secretType, data }) => {
    const prefix = normalizeGitUrl(data.url ?? "");
    const isFitting = secretType === "repo-creds" && prefix !== "" && text.startsWith(prefix);
    return isFitting ? [{ length: prefix.length, value: valueOf(data) }] : [];
  });
  const longest = Math.max(0, ...fitting.map(({ length }) => length));
  const values = fitting.filter(({ length }) => length === longest).map(({ value }) => value);
  return new Set(values.length === 0 ? [undefined] : values);
}

/** Whether there may be secrets of which Argo CD takes any: then it has to be asked often. */
export function haveTies(secrets: readonly CaseSecret[]): boolean {
  const keys = secrets.map(({ secretType, data }) =>
    // Argo CD does not read a project from templates.
    JSON.stringify([
      secretType,
      comparableUrl(data.url ?? ""),
      secretType === "repository" ? data.project ?? "" : "",
    ])
  );
  return new Set(keys).size < keys.length;
}

/** The shortest of what failed, for a message: nothing here is secret. */
export function shortest(failures: readonly unknown[]): string {
  const texts = failures.map((each) => JSON.stringify(each, null, 2));
  return texts.sort((a, b) => a.length - b.length)[0] ?? "";
}
