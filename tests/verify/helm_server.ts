import {
  serve,
  type ServerOptions,
  type TestServer,
  turnedAway,
  type Visitors,
} from "./http_server.ts";

export interface HelmServerOptions extends ServerOptions {
  readonly visitors: Visitors;
  /** @default an index of two charts */
  readonly index?: string;
}

/** In the format of `helm repo index`. */
export const INDEX = `apiVersion: v1
entries:
  first:
  - apiVersion: v2
    name: first
    urls:
    - first-1.0.0.tgz
    version: 1.0.0
  second:
  - apiVersion: v2
    name: second
    urls:
    - second-2.0.0.tgz
    version: 2.0.0
generated: "2025-07-11T15:14:35Z"
`;

/** A server whose folders are all chart repositories. */
export function startHelmServer(options: HelmServerOptions): TestServer {
  return serve((request) => {
    const away = turnedAway(request, options.visitors);
    if (away) return away;
    return new URL(request.url).pathname.endsWith("/index.yaml")
      ? new Response(options.index ?? INDEX, { headers: { "content-type": "text/yaml" } })
      : new Response("nothing here", { status: 404 });
  }, options);
}
