import { join } from "node:path";
import type { Certified } from "../../scripts/control_plane/certificates.ts";
import { findDockerRegistry } from "./docker_registry.ts";

/** How a registry authenticates clients. */
export type RegistryAuth =
  | { readonly kind: "none" }
  /** It creates the user `docker` and the password itself. */
  | { readonly kind: "basic" }
  | {
    readonly kind: "token";
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    /** The authority of the certificates that sign tokens, in PEM. */
    readonly authority: string;
  };

export interface RegistryOptions {
  readonly auth: RegistryAuth;
  readonly tls?: Certified;
  /** The authority of client certificates, in PEM; other clients are rejected. */
  readonly clientAuthority?: string;
}

export interface Registry extends AsyncDisposable {
  /** 127.0.0.1:PORT */
  readonly host: string;
  readonly port: number;
  /** The password of the user `docker`, with auth `basic`. */
  readonly password: string;
  /** Pushes an empty image as `latest`. @param authorization to push and pull */
  push(repository: string, authorization?: string): Promise<void>;
}

/** The program's path; `undefined` if there is none. Searched once, at the first import. */
export const dockerRegistry = await findDockerRegistry();

/** Runs a real registry on a free port of this machine, with an empty folder. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const folder = await Deno.makeTempDir({ prefix: "registry-" });
  const config = join(folder, "config.json"); // JSON is YAML
  await Deno.writeTextFile(config, JSON.stringify(await configuration(folder, options)));
  const child = new Deno.Command(dockerRegistry!, {
    args: ["serve", config],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new LineReader(child.stderr);
  const stop = async () => {
    try {
      child.kill("SIGKILL");
    } catch { /* it has ended */ }
    await child.status;
    await log.done;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const port = Number(await log.find(/listening on 127\.0\.0\.1:(\d+)/));
    const host = `127.0.0.1:${port}`;
    const password = options.auth.kind === "basic" ? await provisionedPassword(host, log) : "";
    return { host, port, password, push: pushTo(`http://${host}`), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function configuration(folder: string, { auth, tls, clientAuthority }: RegistryOptions) {
  const file = async (name: string, text: string) => {
    await Deno.writeTextFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const auths = {
    none: () => undefined,
    basic: () => ({ htpasswd: { realm: "test registry", path: join(folder, "htpasswd") } }),
    token: async () => {
      const { realm, service, issuer, authority } = auth as RegistryAuth & { kind: "token" };
      const rootcertbundle = await file("authority.pem", authority);
      return { token: { realm, service, issuer, rootcertbundle } };
    },
  };
  const given = await auths[auth.kind]();
  return {
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: {
      addr: "127.0.0.1:0",
      secret: crypto.randomUUID(),
      ...(tls && {
        tls: {
          certificate: await file("tls.pem", tls.certificate),
          key: await file("tls.key", tls.key),
          ...(clientAuthority && { clientcas: [await file("clients.pem", clientAuthority)] }),
        },
      }),
    },
    ...(given && { auth: given }),
  };
}

/** The first request makes it write the file, and log the password. */
async function provisionedPassword(host: string, log: LineReader): Promise<string> {
  await (await fetch(`http://${host}/v2/`)).body?.cancel();
  return await log.find(/password="?([^\s"]+)"?/);
}

/** @see https://github.com/distribution/distribution/blob/v2.8.2/docs/spec/api.md "Pushing An Image" */
function pushTo(url: string): Registry["push"] {
  return async (repository, authorization) => {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    async function done(status: number, to: string, init: RequestInit) {
      const answer = await fetch(new URL(to, url), {
        ...init,
        headers: { ...init.headers, ...headers },
      });
      const text = await answer.text();
      if (answer.status !== status) throw new Error(`Cannot push: ${answer.status} ${text}`);
      return answer;
    }
    const config = new TextEncoder().encode("{}");
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", config)).toHex();
    const digest = `sha256:${hash}`;
    const begun = await done(202, `/v2/${repository}/blobs/uploads/`, { method: "POST" });
    const place = new URL(begun.headers.get("location")!, url);
    place.searchParams.set("digest", digest);
    await done(201, place.href, { method: "PUT", body: config });
    const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: {
        mediaType: "application/vnd.docker.container.image.v1+json",
        size: config.length,
        digest,
      },
      layers: [],
    };
    await done(201, `/v2/${repository}/manifests/latest`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: JSON.stringify(manifest),
    });
  };
}

/** Reads the lines of a stream to its end. */
class LineReader {
  readonly done: Promise<void>;
  #text = "";
  #ended = false;
  #more = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.done = (async () => {
      for await (const part of stream.pipeThrough(new TextDecoderStream())) {
        this.#text += part;
        this.#wake();
      }
      this.#ended = true;
      this.#wake();
    })();
  }

  /** The first group of the first match, as soon as there is one. */
  async find(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#text)?.[1];
      if (found !== undefined) return found;
      if (this.#ended) throw new Error(`Cannot start the registry: ${this.#text}`);
      await this.#more.promise;
    }
  }

  #wake() {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
