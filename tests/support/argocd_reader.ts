import { deepEqual } from "node:assert/strict";
import type { Answers, CaseSecret, Questions, Told } from "../../scripts/argocd_reader/answers.ts";
import { argocdReader } from "../../scripts/argocd_reader/argocd_reader.ts";
import { askMany } from "../../scripts/argocd_reader/ask_many.ts";
import { argocdReaderIsAtHand } from "../../scripts/argocd_reader/build.ts";
import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import { bystander } from "./api_objects.ts";
import type { Declare } from "./declare.ts";

/** Values of the label by which Argo CD finds its secrets. */
export type ArgocdSecretType =
  | "cluster"
  | "repository"
  | "repo-creds"
  | "repository-write"
  | "repo-write-creds";

/** A secret of Argo CD, from its values. */
export interface ArgocdSecret extends CaseSecret {
  readonly secretType: ArgocdSecretType;
}

export function repository(name: string, data: Record<string, string>): ArgocdSecret {
  return { name, secretType: "repository", data };
}

/** A credential template. */
export function template(name: string, data: Record<string, string>): ArgocdSecret {
  return { name, secretType: "repo-creds", data };
}

/** A namespace of Argo CD on the real API server, for one test. */
export interface ArgocdCluster {
  readonly namespace: string;
  /** Creates or replaces secrets with kubectl. */
  put(...secrets: ArgocdSecret[]): Promise<void>;
  /**
   * Runs Argo CD's own code on the namespace. Fails unless the result is the same for the same secrets in
   * memory, without the API server.
   */
  ask(questions?: Questions): Promise<Answers>;
}

const plane = controlPlaneFromEnv();
const ignore = plane === undefined || !await argocdReaderIsAtHand();

/**
 * Declares a test with its own namespace; ignored without an API server, or if Argo CD's code is not built
 * and cannot be built.
 */
export function argocdTests(declare: Declare) {
  return (sentence: string, test: (cluster: ArgocdCluster) => Promise<void>): void =>
    declare({
      name: sentence,
      ignore,
      fn: async () => await test(clusterOf(plane!, await bystander(plane!.request).namespace())),
    });
}

function clusterOf(plane: ControlPlaneClient, namespace: string): ArgocdCluster {
  const kubeconfig = plane.kubeconfigs.administrator;
  const reader = argocdReader({ kubeconfig, namespace });
  const created = new Map<string, ArgocdSecret>();
  return {
    namespace,
    async ask(questions = {}) {
      const { repositories, credentials } = questions;
      const secrets = [...created.values()];
      const [answers, [inMemory]] = await Promise.all([
        reader.ask(questions),
        askMany([{ secrets, repositories, credentials }]),
      ]);
      deepEqual(inMemory!.repositories, answers.repositories.map(onlyAnswer));
      deepEqual(inMemory!.credentials, answers.credentials.map(onlyAnswer));
      return answers;
    },
    async put(...secrets) {
      for (const verb of ["create", "replace"]) {
        const items = secrets.filter(({ name }) => created.has(name) === (verb === "replace"));
        if (items.length > 0) await kubectl(plane, verb, listOf(items, namespace));
      }
      for (const secret of secrets) created.set(secret.name, secret);
    },
  };
}

/** A result in the form of `askMany`, which has no warnings. */
function onlyAnswer<T extends Told>({ warnings: _, ...answer }: T) {
  return [answer];
}

function listOf(secrets: readonly ArgocdSecret[], namespace: string) {
  return {
    apiVersion: "v1",
    kind: "List",
    items: secrets.map(({ name, secretType, data }) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace, labels: { "argocd.argoproj.io/secret-type": secretType } },
      stringData: data,
    })),
  };
}

async function kubectl(plane: ControlPlaneClient, verb: string, object: unknown): Promise<void> {
  const child = new Deno.Command(plane.kubectl, {
    args: ["--kubeconfig", plane.kubeconfigs.administrator, verb, "--validate=false", "-f", "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(JSON.stringify(object)))
    .then(() => writer.close());
  const [output] = await Promise.all([child.output(), written]);
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
}
