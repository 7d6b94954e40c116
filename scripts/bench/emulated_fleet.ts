/**
 * Many emulated clusters behind one listener, each below its own path (`/c17/api/v1/...`), in a separate
 * process, so that their cost does not count for the program.
 */
import { answer } from "../../src/emulator/api.ts";
import { EmulatedCluster } from "../../src/emulator/cluster.ts";

/** A received request, to be sent again. */
export interface Asked {
  readonly cluster: string;
  readonly method: string;
  /** The path from the root of the cluster, with the query. */
  readonly target: string;
  readonly accept: string;
  /** Absent if there was none. */
  readonly body?: string;
}

/** The content of each cluster: many different credentials, or the same one in each secret. */
export type Seeding = "different" | "one value";

/** The value in each secret of a cluster with the same credential. */
export const ONE_VALUE = "bench-first-value";

export interface EmulatedFleet extends AsyncDisposable {
  /** The kubeconfig of a cluster, as YAML text. */
  kubeconfig(cluster: string): string;
  urlOf(cluster: string): string;
  /** Records the requests during this call. */
  asked(work: () => Promise<unknown>): Promise<Asked[]>;
}

export interface FleetOptions {
  readonly clusters: number;
  /** Credentials in each cluster. */
  readonly credentials: number;
  /** @default "different" */
  readonly seeding?: Seeding;
  /** Whether responses are cached, so that the servers cost next to nothing. @default false */
  readonly isReady?: boolean;
}

export const clusterNames = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);

export async function startEmulatedFleet(options: FleetOptions): Promise<EmulatedFleet> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      import.meta.filename!,
      JSON.stringify(options),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: url } = await reader.read();
  if (url === undefined) throw new Error("The emulated fleet has exited");
  const urlOf = (cluster: string) => `${url.trim()}/${cluster}`;
  return {
    urlOf,
    kubeconfig: (cluster) => kubeconfig(urlOf(cluster)),
    async asked(work) {
      await (await fetch(urlOf("record"))).body?.cancel();
      await work();
      return await (await fetch(urlOf("recorded"))).json();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

/** Also for a server that is not emulated and needs no credential. */
export function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "bench", cluster: { server } }],
    users: [{ name: "bench", user: {} }],
    contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
    "current-context": "bench",
  });
}

/**
 * Two fifths are pull secrets, two fifths repositories, the rest templates. With different credentials, one
 * in ten differs between clusters. All are marked as written by argocd-configurer.
 */
function seed(cluster: EmulatedCluster, index: number, count: number, seeding: Seeding): void {
  for (let i = 0; i < count; i++) {
    const password = seeding === "one value"
      ? ONE_VALUE
      : `bench-${i}-${i % 10 === 0 ? index % 3 : 0}`;
    const ours = { "app.kubernetes.io/managed-by": "argocd-configurer" };
    const kind = i % 5;
    if (kind < 2) {
      const login = { username: "bench", password, auth: btoa(`bench:${password}`) };
      cluster.put({
        metadata: {
          namespace: `team-${i % 4}`,
          name: `pull-${i}`,
          labels: { "mcops.tech/secret-type": "docker-creds", ...ours },
        },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": JSON.stringify({ auths: { "ghcr.io": login } }) },
      });
    } else {
      const isTemplate = kind === 4;
      const labels = {
        "argocd.argoproj.io/secret-type": isTemplate ? "repo-creds" : "repository",
        ...ours,
      };
      const url = `https://git.example.com/team-${i}/${isTemplate ? "" : "app.git"}`;
      cluster.put({
        metadata: { namespace: "argocd", name: `argocd-${i}`, labels },
        type: "Opaque",
        stringData: { type: "git", url, username: "bench", password },
      });
    }
  }
}

function serveFleet(options: FleetOptions): void {
  const { clusters: count, credentials, seeding = "different", isReady = false } = options;
  const clusters = new Map(
    clusterNames(count).map((name, i) => {
      const cluster = new EmulatedCluster();
      seed(cluster, i, credentials, seeding);
      return [name, cluster];
    }),
  );
  const ready = new Map<string, { body: Uint8Array; contentType: string; code: number }>();
  let recorded: Asked[] | undefined;
  const headers = (contentType: string) => ({ "Content-Type": contentType });
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  }, async (request) => {
    const { method } = request;
    const { pathname, search, searchParams } = new URL(request.url);
    if (pathname === "/record" || pathname === "/recorded") {
      const all = recorded;
      recorded = pathname === "/record" ? [] : undefined;
      return Response.json(all ?? []);
    }
    const [, name = "", path = ""] = /^\/(c\d+)(\/.*)$/.exec(pathname) ?? [];
    const accept = request.headers.get("accept") ?? "";
    const target = path + search;
    const key = `${name} ${target} ${accept}`;
    const kept = isReady && method === "GET" ? ready.get(key) : undefined;
    if (kept) {
      recorded?.push({ cluster: name, method, target, accept });
      return new Response(kept.body as BodyInit, {
        status: kept.code,
        headers: headers(kept.contentType),
      });
    }
    const bytes = new Uint8Array(await request.arrayBuffer());
    const text = bytes.length > 0 ? new TextDecoder().decode(bytes) : undefined;
    recorded?.push({ cluster: name, method, target, accept, ...text && { body: text } });
    const value = text && JSON.parse(text);
    const { code, contentType, body } = answer(clusters.get(name)!, {
      method,
      path,
      query: searchParams,
      accept,
      contentType: "application/json",
      body: { bytes, value },
    }, new Date());
    if (isReady && method === "GET") {
      ready.set(key, { body: new TextEncoder().encode(body), contentType, code });
    }
    return new Response(body, { status: code, headers: headers(contentType) });
  });
}

if (import.meta.main) serveFleet(JSON.parse(Deno.args[0]!));
