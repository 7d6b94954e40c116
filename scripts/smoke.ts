/**
 * `deno task smoke --url http://localhost:8091 --cluster test-cluster`: sends a request to every endpoint
 * of a running server, prints each request and its result, and deletes the secrets that it wrote. Exit
 * code 0 if every response is as documented, otherwise 1.
 */
import { parseArgs } from "node:util";

interface Options {
  readonly url: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly argocdNamespace: string;
}

interface Expectation {
  readonly status: number;
  /** Fields that the body must have, with these values. */
  readonly body: Record<string, unknown>;
}

interface Step {
  readonly what: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly expected: Expectation;
}

/** Requests to every endpoint. Each secret is created, replaced and deleted. */
export function steps(options: Options, run: string): Step[] {
  const { cluster, namespace, argocdNamespace } = options;
  const docker = {
    password: `smoke-${run}`,
    username: "smoke",
    cluster_name: cluster,
    name: `smoke-docker-${run}`,
    namespaces: namespace,
  };
  const helm = {
    name: `smoke-helm-${run}`,
    repository_url: `https://charts.invalid/${run}`,
    cluster_name: cluster,
    username: "smoke",
    password: `smoke-${run}`,
  };
  const repo = {
    cluster_name: cluster,
    name: `smoke-repo-${run}`,
    type: "git",
    url: `https://git.invalid/${run}/app.git`,
    username: "smoke",
    password: `smoke-${run}`,
  };
  const get = (
    what: string,
    path: string,
    status: number,
    body: Record<string, unknown>,
  ): Step => ({
    what,
    method: "GET",
    path,
    expected: { status, body },
  });
  const post = (
    what: string,
    path: string,
    body: unknown,
    status: number,
    expected: Record<string, unknown>,
  ): Step => ({ what, method: "POST", path, body, expected: { status, body: expected } });
  const secrets = `/secrets?cluster=${encodeURIComponent(cluster)}`;
  const targets = [namespace, argocdNamespace];
  return [
    get("the endpoints", "/", 200, { service: "Cluster API Configuration Server" }),
    get("health", "/health", 200, { status: "healthy" }),
    get("the OpenAPI description", "/openapi.json", 200, { openapi: "3.1.0" }),
    get("the clusters", "/clusters", 200, {}),
    get("the secrets of the cluster", secrets, 200, { cluster, status: "success" }),
    get("no cluster given", "/secrets", 400, { message: "Missing required parameter 'cluster'" }),
    get("an unknown cluster", `/secrets?cluster=no-such-${run}`, 404, { error: true }),
    get("an unknown path", "/nowhere", 404, { error: true, status_code: 404 }),
    post("a missing field", "/secrets/add_docker", { ...docker, username: undefined }, 400, {
      message: "Missing required field: username",
    }),
    post("a docker secret", "/secrets/add_docker", docker, 200, {
      success: true,
      namespaces: targets,
      message: "Docker registry secrets created successfully in 2 namespace(s)",
    }),
    post("the same again", "/secrets/add_docker", docker, 409, { upsert_required: true }),
    post(
      "a new password",
      "/secrets/add_docker",
      {
        ...docker,
        password: `new-${run}`,
        upsert: true,
      },
      200,
      { message: "Docker registry secrets updated successfully in 2 namespace(s)" },
    ),
    post("a helm repository", "/secrets/add_helm_repo", helm, 200, {
      success: true,
      secret_name: helm.name,
      message: "Helm repository secret created successfully",
    }),
    post("the same again", "/secrets/add_helm_repo", helm, 409, { upsert_required: true }),
    post(
      "a new password",
      "/secrets/add_helm_repo",
      {
        ...helm,
        password: `new-${run}`,
        upsert: true,
      },
      200,
      { message: "Helm repository secret updated successfully" },
    ),
    post("a dry run of a git repository", "/secrets/add_repo", { ...repo, dry_run: true }, 200, {
      dry_run: true,
      message: "Repository secret would be created",
    }),
    post("a git repository", "/secrets/add_repo", repo, 200, {
      success: true,
      message: "Repository secret created successfully",
    }),
    post("the same again", "/secrets/add_repo", repo, 409, { upsert_required: true }),
    post(
      "a credential that cannot be verified",
      "/secrets/verify",
      {
        registry: "registry.invalid",
        username: "smoke",
        password: `smoke-${run}`,
      },
      422,
      { error: true },
    ),
    get("the secrets of the cluster again", secrets, 200, { status: "success" }),
    get(
      "the docker secret",
      `/secrets/${docker.name}?cluster=${encodeURIComponent(cluster)}`,
      200,
      {
        total: targets.length,
      },
    ),
    ...removals(options, run),
    get(
      "the deleted docker secret",
      `/secrets/${docker.name}?cluster=${encodeURIComponent(cluster)}`,
      404,
      {},
    ),
  ];
}

/** Delete the secrets of the other steps. */
function removals({ cluster }: Options, run: string): Step[] {
  return ["docker", "helm", "repo"].map((kind) => ({
    what: `delete of the ${kind} secret`,
    method: "DELETE",
    path: `/secrets?cluster=${encodeURIComponent(cluster)}&name=smoke-${kind}-${run}`,
    expected: { status: 200, body: { success: true } },
  }));
}

/** The differences between a response and the expectation. */
export function deviations(
  status: number,
  body: unknown,
  { status: wanted, body: fields }: Expectation,
) {
  const wrong = status === wanted ? [] : [`status ${status} instead of ${wanted}`];
  const got = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  for (const [field, value] of Object.entries(fields)) {
    if (JSON.stringify(got[field]) !== JSON.stringify(value)) {
      wrong.push(`${field} is ${JSON.stringify(got[field])} instead of ${JSON.stringify(value)}`);
    }
  }
  return wrong;
}

/** Timeout of a request, in milliseconds. */
const PATIENCE = 120_000;

async function take(step: Step, url: string): Promise<boolean> {
  console.log(`${step.method} ${step.path}: ${step.what}`);
  let wrong: string[];
  try {
    const response = await fetch(new URL(step.path, url), {
      method: step.method,
      ...(step.body === undefined ? {} : {
        body: JSON.stringify(step.body),
        headers: { "Content-Type": "application/json" },
      }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    wrong = deviations(response.status, await response.json(), step.expected);
  } catch (error) {
    wrong = [error instanceof Error ? error.message : String(error)];
  }
  console.log(wrong.length === 0 ? "  ok" : `  FAILED: ${wrong.join("; ")}`);
  return wrong.length === 0;
}

async function smoke(options: Options): Promise<number> {
  const run = crypto.randomUUID().slice(0, 8);
  const all = steps(options, run);
  let failed = 0;
  for (const step of all) if (!await take(step, options.url)) failed++;
  if (failed > 0) await cleanUp(options, run);
  console.log(`${all.length} requests, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Deletes secrets that a failure may have left, and prints the results. */
async function cleanUp(options: Options, run: string): Promise<void> {
  console.log("Cleaning up:");
  for (const { method, path } of removals(options, run)) {
    const said = await fetch(new URL(path, options.url), {
      method,
      signal: AbortSignal.timeout(PATIENCE),
    }).then((response) => response.json()).catch((error: Error) => error);
    console.log(`${method} ${path}\n  ${said.message}`);
  }
}

const USAGE = `Usage: smoke --cluster NAME [flags]

  --url URL                     the server (default: http://localhost:8091)
  --cluster NAME                the cluster to write to
  --namespace NAMESPACE         the namespace for the docker secret (default: default)
  --argocd-namespace NAMESPACE  Argo CD's namespace, as configured in the server (default: argocd)
`;

/** @throws {Error} for wrong arguments */
function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: "string", default: "http://localhost:8091" },
      cluster: { type: "string" },
      namespace: { type: "string", default: "default" },
      "argocd-namespace": { type: "string", default: "argocd" },
    },
  });
  const { cluster, "argocd-namespace": argocdNamespace, ...rest } = values;
  if (cluster === undefined) throw new Error("Flag --cluster is missing");
  return { ...rest, cluster, argocdNamespace };
}

async function main(): Promise<number> {
  if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
    console.log(USAGE);
    return 0;
  }
  let options: Options;
  try {
    options = optionsOf(Deno.args);
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  return await smoke(options);
}

if (import.meta.main) Deno.exitCode = await main();
