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

/** The program writes, and Argo CD's own code reads: both on the real API server. */

export interface ArgocdProgram extends RealProgram {
  /** Argo CD's own namespace. */
  readonly argocd: string;
  /** Writes, and fails unless that succeeds. */
  write(endpoint: "add_repo" | "add_helm_repo", body: object): Promise<void>;
  /** What Argo CD's own code says of what is there now. */
  ask(questions: Questions): Promise<Answers>;
}

const plane = controlPlaneFromEnv();
const isAtHand = plane !== undefined && await argocdReaderIsAtHand();

/**
 * What declares a test over each transport, with a namespace of Argo CD's of its own; ignored without an
 * API server, or where Argo CD's code neither is built nor can be.
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

/** What Argo CD knows of a URL for which there is nothing: the URL. */
export function nothingFor(url: string): Repository {
  return { repo: url };
}

/** Fails unless Argo CD finds exactly this for each URL, by repository and by template. */
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

/** Which client takes what of it, as far as it is told here. */
export type Using = (uses: Uses) => unknown;
export const gitKind: Using = ({ git }) => git.kind;

/** A kind of repository: what is sent, and what Argo CD makes of it. */
export interface Kind {
  readonly what: string;
  readonly endpoint?: "add_helm_repo";
  readonly body: (password: string) => object;
  /** Besides URL and name. */
  readonly read: (password: string) => Omit<Repository, "repo">;
  /** The URL as it is stored. */
  readonly url: string;
  /** URLs of Applications that find it. */
  readonly found: readonly string[];
  /** Those that look like it, and find nothing. */
  readonly not: readonly string[];
  readonly using: readonly [Using, (password: string) => unknown];
}

/** One test for each kind. */
export function testKinds(declare: Declare, kinds: readonly Kind[]): void {
  const argocdReadsTest = argocdReadsTests(declare);
  for (const { what, endpoint = "add_repo", body, read, url, found, not, using } of kinds) {
    argocdReadsTest(
      `${what} is read as it was meant, for its URL and no other`,
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
