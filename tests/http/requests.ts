import assert from "node:assert/strict";
import type { FakeCluster } from "../../src/kube/fake/store.ts";
import { type Stage, stored } from "./stage.ts";
import { CANARY, get, type Headers, post } from "./support.ts";

/** Requests to the endpoints beyond the seed. */

export const REPO = "/secrets/add_repo";
export const VERIFY = "/secrets/verify";

/** A private Git repository over HTTPS. */
export const REPO_BODY = {
  cluster_name: "test-cluster",
  name: "my-repo",
  type: "git",
  url: "https://github.com/org/app.git",
  username: "git-user",
  password: CANARY,
};

/** Removes the default credential, for requests with another one. */
export const NO_LOGIN = { username: undefined, password: undefined };

export const repo = (more: object = {}, headers: Headers = {}) =>
  post(REPO, { ...REPO_BODY, ...more }, headers);

/** Verifies a login at ghcr.io. */
export const verification = (more: object = {}, headers: Headers = {}) =>
  post(VERIFY, { username: "octocat", password: CANARY, ...more }, headers);

/** The parameters of a request, each with one or several values. */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Deletes `my-repo` by default. */
export const remove = (parameters: Parameters = {}, headers: Headers = {}) =>
  get(
    `/secrets?${search({ cluster: "test-cluster", name: "my-repo", ...parameters })}`,
    headers,
    "DELETE",
  );

export const show = (name: string, parameters: Parameters = {}, headers: Headers = {}) =>
  get(`/secrets/${name}?${search({ cluster: "test-cluster", ...parameters })}`, headers);

export function search(parameters: Parameters): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).flatMap(([key, values]) =>
      [values].flat().map((value) => [key, value])
    ),
  );
}

/** For `before` of a row: sends requests that must succeed. */
export const sent = (...requests: readonly (() => Request)[]) => async ({ app }: Stage) => {
  for (const request of requests) {
    const response = await app.fetch(request());
    assert.equal(response.status, 200, await response.text());
  }
};

/** The decoded data of a stored secret. */
export function dataOf(cluster: FakeCluster, ref: string): Record<string, string> {
  const keys = Object.keys(cluster.secrets.get(ref)?.data.reveal() ?? {}).sort();
  return Object.fromEntries(keys.map((key) => [key, stored(cluster, ref, key)]));
}

/** Labels of secrets for Argo CD. */
export const argocdLabels = (secretType: string) => ({
  "app.kubernetes.io/managed-by": "argocd-configurer",
  "argocd.argoproj.io/secret-type": secretType,
});
