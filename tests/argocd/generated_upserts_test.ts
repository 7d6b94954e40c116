import assert from "node:assert/strict";
import fc from "fast-check";
import type { CaseSecret } from "../../scripts/argocd_reader/answers.ts";
import { normalizeGitUrl, templateKey } from "../../src/credentials/kinds/comparable_url.ts";
import {
  type Answered,
  askAll,
  isAsExpected,
  judgedTest,
  shortest,
  told,
  valueOf,
} from "./judged.ts";
import { play, playAndDelete, type Played, type Scene, scene } from "./requests.ts";

/** The credentials that Applications get from Argo CD's own code before and after a write. */

/** The seed of all generated cases: it reproduces a failure. */
const SEED = 20261130;

const PROJECTS = ["", "a"];

/** A scene after its request, and what Argo CD uses for each URL and project. */
interface Judged extends Scene, Played {
  readonly hint: string;
  /** The secret of the request's URL after the write; absent if nothing was written. */
  readonly written?: CaseSecret;
  readonly answers: readonly Answered[];
  used(when: "before" | "after", url: string, project: string): Set<string | undefined>;
}

/** URLs of Applications near the request's URL. */
function urlsOf({ held, request }: Scene, { body }: Played): string[] {
  const given = request.url.replace(/\*$/, "");
  const results = (body.results ?? []) as { application_repo_url: string }[];
  const around = results.flatMap(({ application_repo_url: url }) => {
    const prefix = url.replace("<path>", "");
    const bare = prefix.replace(/\/$/, "");
    return [prefix, bare, `${bare}-other`, `${bare}-other/x`, `${bare}/zz`, `${prefix}zz`];
  });
  const theirs = held.flatMap(({ url }) => [url, `${url}/x`]);
  return [...new Set([given, ...around, ...theirs])];
}

async function judge(scenes: readonly Scene[]): Promise<Judged[]> {
  const played: Played[] = [];
  for (const each of scenes) played.push(await play(each));
  const answers = await askAll(played.flatMap((each, i) => {
    const urls = urlsOf(scenes[i]!, each);
    const asked = urls.flatMap((url) => PROJECTS.map((project) => ({ url, project })));
    return [{ secrets: each.before, asked }, { secrets: each.after, asked }];
  }));
  return scenes.map((each, i) => {
    const { body, after } = played[i]!;
    const [answersBefore, answersAfter] = [answers[2 * i]!, answers[2 * i + 1]!];
    const results = (body.results ?? []) as { name: string }[];
    return {
      ...each,
      ...played[i]!,
      hint: String(body.hint ?? ""),
      written: after.find(({ name }) => name === results[0]?.name),
      answers: [...answersBefore, ...answersAfter],
      used(when, url, project) {
        const answer = (when === "before" ? answersBefore : answersAfter).find((each) =>
          each.url === url && each.project === project
        );
        assert.ok(answer !== undefined, `${url} was not asked about`);
        return answer.theirs;
      },
    };
  });
}

let judging: Promise<Judged[]> | undefined;

/** Eight hundred scenes, judged once for all tests. */
function judgedScenes(): Promise<Judged[]> {
  return judging ??= judge(fc.sample(scene, { numRuns: 800, seed: SEED }));
}

/** Declares a test over all scenes. @param failing returns what is wrong, or `undefined` */
function sceneTest(name: string, failing: (judged: Judged) => unknown): void {
  judgedTest(name, async () => {
    const scenes = await judgedScenes();
    const failed = scenes.flatMap((each) => {
      const why = failing(each);
      if (why === undefined) return [];
      const { held, request, status, body, before, after } = each;
      return [{ why, held, request, status, body, before, after }];
    });
    assert.equal(shortest(failed), "", `${failed.length} of ${scenes.length}, seed ${SEED}`);
  });
}

/** The scenes in which a repository or a template was written. */
function writtenTest(
  name: string,
  failing: (judged: Judged & { readonly written: CaseSecret }) => unknown,
): void {
  sceneTest(
    name,
    (each) => each.written === undefined ? undefined : failing({ ...each, written: each.written }),
  );
}

judgedTest("the generated scenes cover every kind", async () => {
  const count = new Map<string, number>();
  for (const { status, request, hint, answers } of await judgedScenes()) {
    const isTied = answers.some(({ theirs }) => theirs.size > 1);
    for (
      const kind of [
        `${status}`,
        `${status} ${request.as} ${request.type}`,
        ...(isTied ? ["tied"] : []),
        ...hint.split(". ").filter((each) => each !== "").map((each) =>
          each.replace(/'[^']*'|\S*[/.:]\S*/g, "…").slice(0, 60)
        ),
      ]
    ) count.set(kind, (count.get(kind) ?? 0) + 1);
  }
  if (Deno.env.get("SHOW_KINDS")) console.log([...count].sort());
  for (const kind of ["200", "400", "409", "tied"]) {
    assert.ok((count.get(kind) ?? 0) > 20, `${kind}: ${count.get(kind)}`);
  }
});

sceneTest(
  "Argo CD uses the credentials that this program expects, before and after the request",
  ({ answers }) => {
    const failed = answers.find((each) => !isAsExpected(each));
    if (failed !== undefined) return told(failed);
  },
);

sceneTest("a rejected request changes nothing", ({ status, before, after }) => {
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  if (status !== 200 && !isSame) return "something was written";
});

/** Whether the hint says that Argo CD may pick another one. */
function isSaidToBeTied({ hint }: Judged): boolean {
  return /Argo CD picks one at random/.test(hint);
}

/** Fails unless the new credential is used, or the hint names the others in use. */
function unlessNew(each: Judged, url: string, project: string, others: boolean): unknown {
  const used = each.used("after", url, project);
  if (used.size === 1 && used.has(each.value)) return undefined;
  if (used.has(each.value) && isSaidToBeTied(each)) return undefined;
  const named = [...used].every((value) =>
    value === each.value || value === undefined && /; it got none/.test(each.hint) ||
    each.after.some((secret) =>
      valueOf(secret.data) === value && each.hint.includes(`'${secret.name}'`)
    )
  );
  return others && named ? undefined : { url, project, used: [...used] };
}

writtenTest("Argo CD uses a repository's new credential for the repository's URL", (each) => {
  const { request, written, body } = each;
  if (request.as !== "repository") return;
  const [{ application_repo_url: told, template }] = body.results as {
    application_repo_url: string;
    template?: string;
  }[] as [{ application_repo_url: string; template?: string }];
  const project = written.data.project ?? "";
  if (!PROJECTS.includes(project)) return `project ${project}`;
  const prefix = told.replace("<path>", "");
  const exact = told === prefix ? told : prefix.replace(/\/$/, "");
  return unlessNew(each, exact, project, false) ??
    (template === undefined ? undefined : unlessNew(
      each,
      `${prefix.replace(/\/$/, "")}/zz`,
      "",
      false,
    ));
});

writtenTest(
  "Argo CD uses a template's new credential for the URLs below it and for its own URL",
  (each) => {
    const { request, body } = each;
    if (request.as !== "repo-creds") return;
    const [{ application_repo_url: told }] = body.results as [{ application_repo_url: string }];
    const prefix = told.replace("<path>", "");
    const bare = prefix.replace(/\/$/, "");
    const hasPath = /^(\w+:\/\/)?[^/]+\/[^/]/.test(bare);
    const isExact = request.type !== "git" && hasPath && !/\.git$/i.test(bare);
    for (const project of PROJECTS) {
      const why = unlessNew(each, `${prefix}zz`, project, false) ??
        (isExact ? unlessNew(each, bare, project, true) : undefined);
      if (why !== undefined) return why;
    }
  },
);

/** Secrets that provided a URL's credential before. */
function givers({ before }: Judged, values: ReadonlySet<string | undefined>): string[] {
  return before.filter(({ data }) => values.has(valueOf(data))).map(({ name }) => name);
}

writtenTest(
  "no URL loses its credential unless the hint names the secret that gave it",
  (each) => {
    for (const url of urlsOf(each, each)) {
      for (const project of PROJECTS) {
        const [before, after] = [
          each.used("before", url, project),
          each.used("after", url, project),
        ];
        if (before.has(undefined) || !after.has(undefined)) continue;
        const isNamed = givers(each, before).some((name) => each.hint.includes(`'${name}'`));
        if (!isNamed) return { url, project, before: [...before], after: [...after] };
      }
    }
  },
);

writtenTest("no URL gains the new credential except those it is meant for", (each) => {
  const { written, value, request } = each;
  const given = request.url.replace(/\*$/, "");
  const prefixes = each.after.flatMap(({ secretType, data }) =>
    secretType === "repo-creds" && valueOf(data) === value ? [data.url!] : []
  );
  for (const url of urlsOf(each, each)) {
    for (const project of PROJECTS) {
      if (!each.used("after", url, project).has(value)) continue;
      const before = each.used("before", url, project);
      if (!before.has(undefined)) continue; // it was to be replaced
      const isItsUrl = [written.data.url!, given].some((each) =>
        url === each || normalizeGitUrl(url) !== "" && templateKey(url) === templateKey(each)
      );
      const isBelow = prefixes.some((prefix) =>
        normalizeGitUrl(url).startsWith(`${templateKey(prefix)}/`)
      );
      // The hint says what a template matches that keeps its URL.
      const isSaid = /without a trailing slash/.test(each.hint) &&
        prefixes.some((prefix) => normalizeGitUrl(url).startsWith(normalizeGitUrl(prefix)));
      if (!isItsUrl && !isBelow && !isSaid) return { url, project, before: [...before] };
    }
  }
});

writtenTest("a new template does not match a URL that only shares its prefix string", (each) => {
  const { request, body, value, hint } = each;
  if (request.as !== "repo-creds") return;
  const [{ application_repo_url: told }] = body.results as [{ application_repo_url: string }];
  if (told.endsWith(":<path>")) return; // the colon ends the host, as a slash does
  const bare = told.replace(/\/<path>$/, "");
  for (const url of [`${bare}-other`, `${bare}-other/x`]) {
    const isUsed = each.used("after", url, "").has(value);
    if (isUsed && !/without a trailing slash/.test(hint)) return url;
  }
});

/** Whether a secret has the request's URL in any spelling. */
function isAbout({ secretType, data }: CaseSecret, { request, written }: Judged): boolean {
  const given = request.url.replace(/\*$/, "");
  const urls = [given, written!.data.url!];
  const isTemplate = request.as === "repo-creds";
  const key = isTemplate ? templateKey : normalizeGitUrl;
  const keys = new Set(urls.map(key));
  if (secretType === request.as) return keys.has(key(data.url!)) && key(data.url!) !== "";
  // The URL a template of charts is named by.
  const isExact = isTemplate && request.type !== "git" && secretType === "repository";
  const url = normalizeGitUrl(data.url!);
  return isExact && keys.has(url) && url !== "";
}

writtenTest("each old credential that remains for the URL is named", (each) => {
  const { after, hint, value, body } = each;
  const result = (body.results as { name: string; repository?: string }[])[0]!;
  const left = after.filter((secret) =>
    isAbout(secret, each) && valueOf(secret.data) !== value &&
    valueOf(secret.data) !== undefined && secret.name !== result.name
  );
  const unnamed = left.filter(({ name }) => !hint.includes(`'${name}'`));
  if (unnamed.length > 0) return unnamed;
});

Deno.test("without upsert no existing secret changes", async () => {
  for (const each of fc.sample(scene, { numRuns: 300, seed: SEED })) {
    const { before, after } = await play(each, false);
    for (const secret of before) {
      const now = after.find(({ name }) => name === secret.name);
      assert.deepEqual(now, secret, JSON.stringify(each));
    }
  }
});

Deno.test("deleting a secret by the name it was written under leaves nothing", async () => {
  for (const { request } of fc.sample(scene, { numRuns: 300, seed: SEED })) {
    if (/^(ssh:|git@)/i.test(request.url)) continue;
    assert.deepEqual(await playAndDelete(request), [], JSON.stringify(request));
  }
});
