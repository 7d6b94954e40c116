import type { AddRepoResult, RepoPlace } from "../../credentials/add_repo.ts";
import { ENDED_BY_SLASH } from "../../credentials/kinds/repository_url.ts";
import type { WriteVerdict } from "../../credentials/write.ts";
import type { WriteRefused } from "../../credentials/write/verdict.ts";
import type { OperationError } from "../errors.ts";
import type { Face } from "../face.ts";
import type { ArgocdLocation } from "../operation.ts";
import type { Json } from "../reply.ts";
import { verifiedField } from "./verified.ts";
import { applied, existing, existsError, nothingWritten, verbOf } from "./written.ts";

type Written = Extract<WriteVerdict, { kind: "written" }>;

/**
 * @param hints about the request itself
 * @throws {OperationError} when nothing was written
 */
export function repoAnswer(
  added: AddRepoResult,
  place: ArgocdLocation,
  face: Face,
  hints: readonly string[],
): Json {
  const { cluster, type, as, places, verdict } = added;
  if (verdict.kind !== "written") {
    throw nothingWritten({ ...added, verdict }, place, repoExists(added));
  }
  const { dryRun = false } = verdict;
  const what = as === "repo-creds" ? "Repository template" : "Repository";
  const verb = verbOf(main(places, verdict), dryRun);
  const body = {
    success: true,
    cluster,
    type,
    as,
    results: results(places, verdict),
    ...common(added, verdict, face, hints),
    message: places.length === 1
      ? `${what} secret ${verb}`
      : `${what} secrets ${verb}: ${places.length}`,
  };
  return { status: 200, body };
}

/**
 * The answer of `add_helm_repo`, which has another shape for a single URL.
 * @throws {OperationError} when nothing was written
 */
export function helmRepoAnswer(
  added: AddRepoResult,
  place: ArgocdLocation,
  face: Face,
  hints: readonly string[],
  isList: boolean,
): Json {
  const { cluster, places, verdict } = added;
  if (verdict.kind !== "written") {
    const exists = isList ? repoExists(added) : helmExists;
    throw nothingWritten({ ...added, verdict }, place, exists);
  }
  const { dryRun = false } = verdict;
  const all = results(places, verdict);
  const { name, url, result, template, application_repo_url } = all[0]!;
  const verb = verbOf(main(places, verdict), dryRun);
  const body = {
    success: true,
    cluster,
    ...(isList ? { results: all } : {
      secret_name: name,
      repository_url: url,
      helm_secret_applied: result,
      ...(template === undefined ? {} : { template }),
      application_repo_url,
    }),
    ...common(added, verdict, face, hints),
    message: `Helm repository secret${isList ? "s" : ""} ${verb}`,
  };
  return { status: 200, body };
}

/** The written secret of each URL, without templates that belong to it. */
function main(places: readonly RepoPlace[], { secrets }: Written) {
  return places.map(({ index }) => secrets[index]!);
}

function results(places: readonly RepoPlace[], { secrets }: Written) {
  return places.map(({ spelled, url, index, templateIndex }) => {
    const { name } = secrets[index]!;
    const exact = secrets.find(({ beside }) => beside === name);
    return {
      name,
      url: spelled,
      result: applied(secrets[index]!),
      ...(templateIndex === undefined ? {} : { template: secrets[templateIndex]!.name }),
      ...(exact === undefined ? {} : { repository: exact.name }),
      application_repo_url: url.applicationRepoUrl,
    };
  });
}

/** Hints of a URL, without the one that does not apply to a template whose URL kept its old spelling. */
function hintsOf({ url, index }: RepoPlace, { secrets }: Written): readonly string[] {
  if (!secrets[index]!.matchesLonger) return url.hints;
  return url.hints.filter((hint) => !hint.startsWith(ENDED_BY_SLASH));
}

function common(
  { places, verified }: AddRepoResult,
  verdict: Written,
  face: Face,
  more: readonly string[],
) {
  const hints = [
    ...places.flatMap((place) => hintsOf(place, verdict)),
    ...more,
    ...verdict.hints,
  ];
  return {
    ...verifiedField(verified, face),
    ...(verdict.dryRun ? { dry_run: true } : {}),
    ...(hints.length > 0 ? { hint: [...new Set(hints)].join(". ") } : {}),
  };
}

const repoExists = ({ places }: AddRepoResult) => (refused: WriteRefused): OperationError => {
  const current = [...refused.current.values()];
  const names = places.map(({ name }) => name);
  const found = (name: string) => current.find((each) => each.name === name);
  const beside = current.map(({ name }) => name).filter((name) => !names.includes(name));
  const all = [...names, ...beside];
  const existing_secrets = Object.fromEntries(all.map((name) => [name, existing(found(name))]));
  const held = all.filter((name) => found(name) !== undefined);
  return existsError({ of: "repository", names: held }, { existing_secrets });
};

function helmExists({ current }: WriteRefused): OperationError {
  const [held] = current.values();
  return existsError({ of: "helm" }, { existing_secret: existing(held) });
}
