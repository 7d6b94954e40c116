import assert from "node:assert/strict";
import fc from "fast-check";
import type { Case, CaseSecret } from "../../scripts/argocd_reader/answers.ts";
import { askMany } from "../../scripts/argocd_reader/ask_many.ts";
import { comparableUrl, normalizeGitUrl } from "../../src/credentials/kinds/comparable_url.ts";
import {
  askAll,
  isAsExpected,
  judgedTest,
  shortest,
  templateValues,
  told,
  valueOf,
} from "./judged.ts";
import { anyUrl, place, urlAt } from "./urls.ts";

/** This program and Argo CD's own code agree on which URLs are equal. */

/** The seed of all generated cases: it reproduces a failure. */
const SEED = 20261129;

judgedTest("3000 URLs are normalized as Argo CD normalizes them", async () => {
  const urls = fc.sample(anyUrl, { numRuns: 3000, seed: SEED });
  const cases = Array.from({ length: 30 }, (_, i): Case => ({
    normalize: urls.slice(100 * i, 100 * (i + 1)),
  }));
  const normalized = (await askMany(cases)).flatMap((answer) => answer.normalized);
  const failed = urls.flatMap((url, i) => {
    const [ours, theirs] = [normalizeGitUrl(url), normalized[i]];
    return ours === theirs ? [] : [{ url, ours, theirs }];
  });
  assert.equal(shortest(failed), "", `${failed.length} of ${urls.length}, seed ${SEED}`);
  // The sample must not be trivial.
  const isChanged = (url: string, i: number) => normalized[i] !== url.trim().toLowerCase();
  assert.ok(urls.filter(isChanged).length > 500);
  assert.ok(normalized.filter((each) => each === "").length > 300);
});

const project = fc.constantFrom("", "", "", "a", "b");

/** Secrets whose URLs are often equal to Argo CD, or nearly so, and questions about them. */
const world = place.chain((at) => {
  const url = fc.oneof({ weight: 9, arbitrary: urlAt(at) }, anyUrl);
  const secret = fc.record({
    secretType: fc.constantFrom("repository", "repository", "repo-creds"),
    url,
    project,
    hasValue: fc.constantFrom(true, true, true, false),
  });
  return fc.record({
    secrets: fc.array(secret, { minLength: 1, maxLength: 6 }),
    asked: fc.array(fc.record({ url, project }), { minLength: 1, maxLength: 6 }),
  });
}).map(({ secrets, asked }) => ({
  asked,
  secrets: secrets.map(({ secretType, url, project, hasValue }, i): CaseSecret => ({
    name: `s${i}`,
    secretType,
    data: {
      url,
      ...(secretType === "repository" && project !== "" ? { project } : {}),
      ...(hasValue ? { password: `p${i}` } : {}),
    },
  })),
}));

judgedTest(
  "Argo CD uses the credentials that this program expects (800 sets of secrets)",
  async () => {
    const worlds = fc.sample(world, { numRuns: 800, seed: SEED });
    const answers = (await askAll(worlds.map(({ secrets, asked }) => ({
      secrets,
      asked: [...asked, ...secrets.map(({ data }) => ({ url: data.url!, project: "" }))],
    })))).flat();
    const failed = answers.filter((each) => !isAsExpected(each))
      .map((each) => ({ ...told(each), secrets: each.secrets }));
    assert.equal(shortest(failed), "", `${failed.length} answers, seed ${SEED}`);
    const counts = {
      several: answers.filter(({ theirs }) => theirs.size > 1).length,
      none: answers.filter(({ theirs }) => theirs.size === 1 && theirs.has(undefined)).length,
      one: answers.filter(({ theirs }) => theirs.size === 1 && !theirs.has(undefined)).length,
    };
    for (const [what, count] of Object.entries(counts)) assert.ok(count > 30, `${what}: ${count}`);
  },
);

judgedTest(
  "Argo CD picks the templates that this program expects (300 sets of templates)",
  async () => {
    const worlds = fc.sample(world, { numRuns: 300, seed: SEED }).map((each) => ({
      ...each,
      // Templates that match equally well are covered by the test above.
      secrets: each.secrets.map((secret) => ({ ...secret, secretType: "repo-creds" })),
    }));
    const answers = await askMany(worlds.map(({ secrets, asked }): Case => ({
      secrets,
      credentials: asked.map(({ url }) => url),
    })));
    const failed = worlds.flatMap(({ secrets, asked }, i) =>
      asked.flatMap(({ url }, j) => {
        const [theirs] = answers[i]!.credentials[j]!.map(({ credentials }) => valueOf(credentials));
        const ours = templateValues(secrets, url);
        return ours.has(theirs) ? [] : [{ url, theirs, ours: [...ours], secrets }];
      })
    );
    assert.equal(shortest(failed), "", `${failed.length} answers, seed ${SEED}`);
  },
);

judgedTest(
  "this program and Argo CD agree on whether 1000 pairs of URLs are one repository",
  async () => {
    const forms = fc.constantFrom(["https", "HTTPS"], ["ssh", "scp"], ["none"], ["oci", "none"]);
    const ends = ["", "", "/", ".git", ".GIT", " "];
    const pair = fc.tuple(place, forms).chain(([at, forms]) =>
      fc.tuple(urlAt(at, { forms, ends }), urlAt(at, { forms, ends }))
    );
    const pairs = fc.sample(pair, { numRuns: 1000, seed: SEED });
    const answers = await askMany(pairs.map(([held, asked]): Case => ({
      secrets: [{ name: "s", secretType: "repository", data: { url: held, password: "p" } }],
      repositories: [{ url: asked }],
    })));
    const theirs = answers.map(({ repositories }) =>
      valueOf(repositories[0]![0]!.repository) !== undefined
    );
    const failed = pairs.filter(([held, asked], i) =>
      theirs[i] !== (comparableUrl(held) === comparableUrl(asked))
    );
    assert.equal(shortest(failed), "", `${failed.length} of ${pairs.length}, seed ${SEED}`);
    const same = pairs.filter(([held, asked], i) => theirs[i] && held !== asked).length;
    assert.ok(same > 50 && theirs.filter((each) => !each).length > 300, `${same}`);
  },
);
