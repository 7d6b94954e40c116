import type { Case, CaseAnswer, CaseSecret } from "../../scripts/argocd_reader/answers.ts";
import { askMany } from "../../scripts/argocd_reader/ask_many.ts";
import { argocdReaderIsAtHand } from "../../scripts/argocd_reader/build.ts";
import { comparableUrl, normalizeGitUrl } from "../../src/credentials/kinds/comparable_url.ts";

/** Generated cases that Argo CD's own code judges, without a cluster. */

const ignore = !await argocdReaderIsAtHand();

/** Declares a test that is ignored if Argo CD's code is not built and cannot be built. */
export function judgedTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** The value that identifies a secret in these tests; `undefined` if it holds no credential. */
export function valueOf(
  holder: { readonly password?: string; readonly sshPrivateKey?: string } | null | undefined,
): string | undefined {
  return holder?.password ?? holder?.sshPrivateKey;
}

/**
 * The values that this program expects Argo CD to use for a URL: one per secret that matches equally well.
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

/** The longest plain prefix wins. */
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

/** A question to Argo CD's code, its answers, and the values that this program expects. */
export interface Answered {
  readonly secrets: readonly CaseSecret[];
  readonly url: string;
  readonly project: string;
  readonly theirs: Set<string | undefined>;
  readonly ours: Set<string | undefined>;
}

/**
 * Asks which secret Argo CD uses for each URL and project of each set. If it picks any of several,
 * asks until all expected answers have come, or some thousand times.
 * @returns for each set, the answers in the order of its questions
 */
export async function askAll(
  all: readonly {
    readonly secrets: readonly CaseSecret[];
    readonly asked: readonly { readonly url: string; readonly project: string }[];
  }[],
): Promise<Answered[][]> {
  const first = await askMany(all.map(({ secrets, asked }): Case => ({
    secrets,
    repositories: asked,
  })));
  const answered = all.map(({ secrets, asked }, i) =>
    asked.map(({ url, project }, j): Answered => ({
      secrets,
      url,
      project,
      theirs: valuesOf(first[i]!, j),
      ours: expectedValues(secrets, url, project),
    }))
  );
  for (const repeat of [60, 600, 6000]) {
    const left = answered.flat().filter(({ theirs, ours }) =>
      theirs.size < ours.size && theirs.isSubsetOf(ours)
    );
    if (left.length === 0) break;
    const again = await askMany(left.map(({ secrets, url, project }): Case => ({
      secrets,
      repositories: [{ url, project }],
      repeat,
    })));
    left.forEach(({ theirs }, i) => {
      for (const value of valuesOf(again[i]!, 0)) theirs.add(value);
    });
  }
  return answered;
}

function valuesOf(answer: CaseAnswer, place: number): Set<string | undefined> {
  return new Set(answer.repositories[place]!.map(({ repository }) => valueOf(repository)));
}

export function isAsExpected({ theirs, ours }: Answered): boolean {
  return theirs.symmetricDifference(ours).size === 0;
}

/** The parts of an answer for a message. */
export function told({ url, project, theirs, ours }: Answered) {
  return { url, project, theirs: [...theirs], ours: [...ours] };
}

/** The shortest failure, for a message: nothing here is secret. */
export function shortest(failures: readonly unknown[]): string {
  const texts = failures.map((each) => JSON.stringify(each, null, 2));
  return texts.sort((a, b) => a.length - b.length)[0] ?? "";
}
