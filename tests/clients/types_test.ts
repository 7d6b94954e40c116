import assert from "node:assert/strict";
import { join } from "node:path";
import { shownRequests } from "../docs/documents.ts";
import { EXAMPLES } from "../http/bodies.ts";
import { openapi } from "../http/documented.ts";

/**
 * Types that openapi-typescript generates from `/openapi.json` accept every request that a document shows.
 * The generator has its own compiler, which must not affect the program's packages: it has its own
 * lock file and runs with `--no-config`.
 */

const LOCK = join(import.meta.dirname!, "openapi_typescript.lock");
const GENERATOR = "npm:openapi-typescript@7.13.0";

interface Written {
  readonly path: string;
  readonly body: unknown;
  /** Whether the compiler must reject it. */
  readonly isWrong?: boolean;
}

async function deno(args: readonly string[], cwd: string): Promise<{ code: number; said: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, said: out! + said! };
}

const HEAD = `import type { paths } from "./api.ts";

type Operation<Path extends keyof paths> = paths[Path] extends { post: infer Post } ? Post : never;
type Body<Path extends keyof paths> = Operation<Path> extends
  { requestBody: { content: { "application/json": infer Body } } } ? Body : never;
`;

const assigned = ({ path, body, isWrong }: Written, i: number) =>
  (isWrong ? "// @ts-expect-error it is wrong\n" : "") +
  `export const body${i}: Body<${JSON.stringify(path)}> = ${JSON.stringify(body)};\n`;

/** The compiler's errors for request bodies; empty if it accepts all. */
async function compiled(document: unknown, bodies: readonly Written[]): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "clients-" });
  try {
    await Deno.writeTextFile(join(folder, "openapi.json"), JSON.stringify(document));
    const made = await deno(
      [
        ...["run", "--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--no-prompt"],
        ...["--no-config", `--lock=${LOCK}`, "--frozen", GENERATOR],
        ...["openapi.json", "--output", "api.ts"],
      ],
      folder,
    );
    assert.equal(made.code, 0, made.said);
    await Deno.writeTextFile(join(folder, "bodies.ts"), HEAD + bodies.map(assigned).join(""));
    const { code, said } = await deno(["check", "--no-config", "--quiet", "bodies.ts"], folder);
    return code === 0 ? "" : said;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function documented(): Promise<Written[]> {
  const examples = EXAMPLES.flatMap(([path, examples]) =>
    Object.values(examples).map(({ value }) => ({ path, body: value as unknown }))
  );
  return [...await shownRequests(), ...examples];
}

Deno.test("types generated from the OpenAPI document accept each request that a document shows", async () => {
  const shown = await shownRequests();
  assert.ok(shown.length >= 5, `only ${shown.length} requests found`);
  assert.equal(await compiled(await openapi(), await documented()), "");
});

const LOGIN = { username: "octocat", password: "your_token" };
const DOCKER = { cluster_name: "test-cluster", name: "app", namespaces: "default", ...LOGIN };

/** Bodies that both the program and the compiler reject. */
const WRONG: [what: string, path: string, body: object][] = [
  ["a field that does not exist", "/secrets/add_docker", { ...DOCKER, namespace: "default" }],
  ["no cluster", "/secrets/add_docker", { ...DOCKER, cluster_name: undefined }],
  ["no credential", "/secrets/add_docker", { ...DOCKER, password: undefined }],
  ["no namespaces", "/secrets/add_docker", { ...DOCKER, namespaces: undefined }],
  ["no URL", "/secrets/add_repo", { cluster_name: "test-cluster", name: "app", type: "git" }],
  ["another type", "/secrets/verify", { type: "svn", url: "https://example.com/a", ...LOGIN }],
];

Deno.test("types generated from the OpenAPI document reject what the program rejects", async () => {
  const wrong = WRONG.map(([, path, body]) => ({ path, body, isWrong: true }));
  assert.equal(await compiled(await openapi(), wrong), "");
});

Deno.test("a default in the OpenAPI document would make its types reject the documents' own request", async () => {
  const document = structuredClone(await openapi());
  document.components.schemas.AddDockerAtRoot.properties.upsert.default = false;
  assert.match(await compiled(document, await documented()), /'upsert' is missing/);
});
