import assert from "node:assert/strict";
import type {
  Answers,
  Questions,
  RepoCreds,
  Repository,
  Uses,
} from "../../../scripts/argocd_reader/answers.ts";
import { argocdReader } from "../../../scripts/argocd_reader/argocd_reader.ts";
import { argocdReaderIsAtHand } from "../../../scripts/argocd_reader/build.ts";
import { controlPlaneFromEnv } from "../../../scripts/control_plane/connect.ts";
import type { Declare } from "../../support/declare.ts";
import type { RealProgram } from "../../support/real_program.ts";
import { argocdNamespaceTests } from "../real/cluster.ts";

/** The program writes and Argo CD's own code reads, on the same real API server. */

export interface ArgocdProgram extends RealProgram {
  /** The namespace of this test's Argo CD. */
  readonly argocd: string;
  /** Writes. Fails unless the write succeeds. */
  write(endpoint: "add_repo" | "add_helm_repo", body: object): Promise<void>;
  /** What Argo CD's own code finds there now. */
  ask(questions: Questions): Promise<Answers>;
}

const plane = controlPlaneFromEnv();
const isAtHand = plane !== undefined && await argocdReaderIsAtHand();

/**
 * Makes a function that declares a test over each transport, with its own Argo CD namespace; ignored
 * without an API server, or if Argo CD's code is not built and cannot be built.
 */
export function argocdReadsTests(declare: Declare) {
  const argocdNamespaceTest = argocdNamespaceTests(declare);
  return (sentence: string, test: (program: ArgocdProgram) => Promise<void>): void => {
    if (!isAtHand) return declare({ name: sentence, ignore: true, fn: () => {} });
    argocdNamespaceTest(sentence, async (program, namespace) => {
      const kubeconfig = plane!.kubeconfigs.administrator;
      const reader = argocdReader({ kubeconfig, namespace });
      await test({
        ...program,
        argocd: namespace,
        ask: (questions) => reader.ask(questions),
        async write(endpoint, body) {
          const answer = await program.post(`/secrets/${endpoint}`, {
            cluster_name: "administrator",
            ...body,
          });
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
        },
      });
    });
  };
}

/** What Argo CD returns for a URL without credentials: only the URL. */
export function nothingFor(url: string): Repository {
  return { repo: url };
}

/** Fails unless Argo CD finds exactly this for each URL, as a repository and as a template. */
export async function assertFound(
  { ask }: ArgocdProgram,
  expected: Readonly<Record<string, Repository>>,
  templates: Readonly<Record<string, RepoCreds | null>>,
): Promise<void> {
  const urls = Object.keys(expected);
  const credentials = Object.keys(templates);
  const answers = await ask({ repositories: urls.map((url) => ({ url })), credentials });
  const found = answers.repositories.map(({ repository, error, warnings }, i) => [
    urls[i],
    error ?? warnings ?? repository,
  ]);
  assert.deepEqual(Object.fromEntries(found), expected);
  const given = answers.credentials.map((
    each,
    i,
  ) => [credentials[i], each.error ?? each.credentials]);
  assert.deepEqual(Object.fromEntries(given), templates);
}

/** Which client uses which field, as far as tests check it. */
export type Using = (uses: Uses) => unknown;
export const gitKind: Using = ({ git }) => git.kind;

/** A kind of repository: the request, and what Argo CD reads from the result. */
export interface Kind {
  readonly what: string;
  readonly endpoint?: "add_helm_repo";
  readonly body: (password: string) => object;
  /** Besides the URL and the name. */
  readonly read: (password: string) => Omit<Repository, "repo">;
  /** The stored URL. */
  readonly url: string;
  /** Application URLs that find it. */
  readonly found: readonly string[];
  /** Similar URLs that find nothing. */
  readonly not: readonly string[];
  readonly using: readonly [Using, (password: string) => unknown];
}

/** One test for each kind. */
export function testKinds(declare: Declare, kinds: readonly Kind[]): void {
  const argocdReadsTest = argocdReadsTests(declare);
  for (const { what, endpoint = "add_repo", body, read, url, found, not, using } of kinds) {
    argocdReadsTest(
      `Argo CD uses it as intended, for its URL only: ${what}`,
      async (program) => {
        const { value } = program.canary;
        await program.write(endpoint, {
          name: "repo",
          url: endpoint === "add_repo" ? url : undefined,
          ...body(value),
        });
        const repository = { repo: url, name: "repo", ...read(value) };
        await assertFound(
          program,
          Object.fromEntries([
            ...found.map((each) => [each, repository]),
            ...not.map((each) => [each, nothingFor(each)]),
          ]),
          Object.fromEntries([...found, ...not].map((each) => [each, null])),
        );
        const answers = await program.ask({ repositories: [{ url: found[0]! }] });
        const [of, expected] = using;
        assert.deepEqual(of(answers.repositories[0]!.uses!), expected(value));
      },
    );
  }
}
