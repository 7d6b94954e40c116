import { join } from "node:path";
import { onPath, realWorld, run } from "../../scripts/control_plane/cache.ts";
import {
  serve,
  type ServerOptions,
  type TestServer,
  turnedAway,
  type Visitors,
} from "./http_server.ts";

export interface GitServerOptions extends ServerOptions {
  readonly visitors: Visitors;
  /** Responds with 404 to unauthorized requests, as GitHub does. @default false */
  readonly hides?: boolean;
}

export interface GitServer extends TestServer {
  /** URL of the only repository. */
  readonly repository: string;
}

/** Whether Git is installed, with its program for web servers. */
export const hasGit = await onPath("git", realWorld) !== undefined &&
  await Deno.stat(join(await run("git", ["--exec-path"]), "git-http-backend"))
    .then(() => true, () => false);

const REPOSITORY = "team/app.git";

/** Serves an empty repository with `git http-backend`, Git's CGI program. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const folder = await Deno.makeTempDir({ prefix: "git-server-" });
  await run("git", ["init", "--quiet", "--bare", join(folder, REPOSITORY)]);
  const server = serve(async (request) => {
    const away = turnedAway(request, options.visitors);
    if (away) return options.hides ? new Response("not found", { status: 404 }) : away;
    return await runCgi(request, folder);
  }, options);
  return {
    ...server,
    repository: `${server.url}/${REPOSITORY}`,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A request without a body, as a CGI program gets it (RFC 3875). */
async function runCgi(request: Request, folder: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { stdout } = await new Deno.Command("git", {
    args: ["http-backend"],
    env: {
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1", // the folder may belong to another user than the server's
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REMOTE_ADDR: "127.0.0.1",
    },
    stdin: "null",
    stderr: "null",
  }).output();
  const [, head = "", body = ""] = /^([^]*?)\r?\n\r?\n([^]*)$/
    .exec(new TextDecoder("latin1").decode(stdout)) ?? [];
  const headers = new Headers();
  for (const line of head.split(/\r?\n/)) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name) headers.append(name, value ?? "");
  }
  const status = Number(headers.get("status")?.slice(0, 3) ?? 200);
  headers.delete("status");
  return new Response(Uint8Array.from(body, (character) => character.charCodeAt(0)), {
    status,
    headers,
  });
}
