import { join } from "node:path";
import { blocks, commandsOf, ROOT } from "./readme.ts";

/**
 * The documents of the project, and where the commands of each are run. A document that is not in
 * {@link PLACES} is run in a fresh demo; a new document needs an entry only if that does not suit it.
 */

/**
 * - `demo`: a fresh demo, in a shell with `ARGOCD_CONFIGURER_SERVER`
 * - `cluster`: a real API server, as `test-cluster` in `~/.kube/config` and, with `clusters`, in the
 *   folder `clusters`; no server runs before the document starts one
 */
export type Stage = "demo" | "cluster";

export interface Place {
  /** @default demo */
  readonly stage?: Stage;
  /** Flags of the demo. */
  readonly flags?: readonly string[];
  /** Names of clusters in the folder `clusters`, all of them the one real API server. */
  readonly clusters?: readonly string[];
  /** Commands that the stage cannot run, and the file of tests that runs or checks them. */
  readonly elsewhere?: readonly (readonly [command: RegExp, test: string])[];
  /** The least number of commands and of lines of output, so that none is overlooked. */
  readonly atLeast?: { readonly commands: number; readonly lines?: number };
}

/** Commands that start and stop the server of a machine. */
const START = /^argocd-configurer (clusters import|demo|start|status|logs|stop)\b/;
const INSTALL = "tests/deploy/install_test.ts";
const DEPLOY = "tests/docs/deploy_commands_test.ts";

const PLACES: Readonly<Record<string, Place>> = {
  "README.md": {
    elsewhere: [
      [/ install -m 755 dist\//, DEPLOY],
      [/^argocd-configurer demo/, "tests/cli/demo_test.ts"],
      [START, "tests/docs/first_secret_test.ts"],
    ],
    atLeast: { commands: 10, lines: 11 },
  },
  "docs/install.md": {
    elsewhere: [
      [/ install -m 755 dist\//, DEPLOY],
      [
        /^(version|target|archive|releases)=|^curl -fLO|^sha256sum|^mkdir -p ~|^export PATH/,
        INSTALL,
      ],
      [/^install -m \d{3} |^argocd-configurer (version|restart|stop)|^rm -[rf] ~/, INSTALL],
      [/^gh attestation verify /, INSTALL],
      [/^useradd |^install (-d )?-m 0|^systemctl |^journalctl |^kubectl (apply|create)/, DEPLOY],
      [/^podman /, "tests/deploy/container_test.ts"],
      [/^kubectl (rollout|port-forward)/, DEPLOY],
    ],
  },
  "docs/quickstart.md": {
    elsewhere: [[/^argocd-configurer demo/, "tests/cli/demo_test.ts"]],
    atLeast: { commands: 16, lines: 16 },
  },
  "CONTRIBUTING.md": {
    elsewhere: [[/^deno run -A scripts\/write_docs.ts/, "scripts/write_docs_test.ts"]],
    atLeast: { commands: 0 },
  },
  "docs/credentials.md": { elsewhere: [[/^kubectl get secret /, "tests/docs/readme_test.ts"]] },
  "docs/fleet.md": { atLeast: { commands: 14, lines: 14 } },
  "docs/explain.md": { atLeast: { commands: 4, lines: 6 } },
  "docs/rotate.md": { flags: ["--twelve"], atLeast: { commands: 12, lines: 32 } },
  "docs/operations.md": {
    stage: "cluster",
    clusters: ["test-cluster", "production-cluster"],
    elsewhere: [[/^openssl req/, "src/cli/client/remote_test.ts"]],
    atLeast: { commands: 12 },
  },
};

/** The document with this path from the root of the project. */
export interface Document extends Place {
  readonly path: string;
  readonly stage: Stage;
}

/** Folders without documents of the project. */
const OTHERS = ["node_modules", "vendor", "dist", "coverage"];

async function* markdown(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !name.startsWith(".") && !OTHERS.includes(name)) yield* markdown(path);
    else if (name.endsWith(".md")) yield path;
  }
}

/** Every document of the project, by path; the README first. */
export async function documents(): Promise<Document[]> {
  const paths = (await Array.fromAsync(markdown(""))).sort();
  const first = (path: string) => path === "README.md" ? 0 : 1;
  return paths.sort((a, b) => first(a) - first(b))
    .map((path) => ({ stage: "demo", ...PLACES[path], path }));
}

/** Documents of one stage that have commands. */
export async function documentsOf(stage: Stage): Promise<Document[]> {
  const all = (await documents()).filter((each) => each.stage === stage);
  const texts = await Promise.all(all.map(({ path }) => Deno.readTextFile(join(ROOT, path))));
  return all.filter((_, i) => /^ *```sh$/m.test(texts[i]!));
}

/** The test file that runs a command which the document's stage cannot run, if any. */
export function elsewhere({ elsewhere = [] }: Place, command: string): string | undefined {
  return elsewhere.find(([pattern]) => pattern.test(command))?.[1];
}

/** A request that a document shows as a curl command. */
export interface ShownRequest {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** Each request with a body in all documents, in their order. */
export async function shownRequests(): Promise<ShownRequest[]> {
  const all = await Promise.all((await documents()).map(({ path }) => blocks(path)));
  return all.flat().filter(({ language }) => language === "sh").flatMap(commandsOf)
    .flatMap((command) => {
      const [, path] = /^curl .*http:\/\/localhost:8091(\/[\w/]+)/.exec(command) ?? [];
      const [, body] = / -d '([^']+)'/.exec(command) ?? [];
      return path === undefined || body === undefined ? [] : [{ path, body: JSON.parse(body) }];
    });
}
