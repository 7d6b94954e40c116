import assert from "node:assert/strict";
import { DOCKER, docker, get, type Headers, refused, type Row, testsOf } from "../support.ts";

/** Hosts, origins, preflights and pages of other sites; and request IDs. */

const FOREIGN = {
  error: true,
  message: "Host name not allowed. Add it to the setting allowed-hosts",
  status_code: 421,
};
const MISSING = /^Header 'Host' is missing$/;
const NOT_ONE = /^Header 'Host' is not a single host name$/;

const ops = { deps: { allowedHosts: ["Ops.example", "10.0.0.7"] } };

const allowedHosts: [host: string, options?: Row["options"]][] = [
  ["localhost"],
  ["localhost:8091"],
  ["localhost:1"],
  ["LOCALHOST:8091"],
  ["127.0.0.1"],
  ["127.0.0.1:8091"],
  ["[::1]"],
  ["[::1]:8091"],
  ["ops.example", ops],
  ["OPS.EXAMPLE:443", ops],
  ["10.0.0.7:8091", ops],
];

const refusedHosts: [host: string, status: number, body: RegExp | object, options?: object][] = [
  ["", 400, MISSING],
  ["localhost, evil.example", 400, NOT_ONE],
  ["evil.example, localhost", 400, NOT_ONE],
  ["a b", 400, NOT_ONE],
  ["localhost@evil.example", 400, NOT_ONE],
  ["localhost/x", 400, NOT_ONE],
  ["[", 400, NOT_ONE],
  ["[::1", 400, NOT_ONE],
  ["localhost:", 400, NOT_ONE],
  ["localhost:port", 400, NOT_ONE],
  ["localhost:123456", 400, NOT_ONE],
  ["evil.example", 421, FOREIGN],
  ["evil.example:8091", 421, FOREIGN],
  ["localhost.evil.example", 421, FOREIGN],
  ["localhost.", 421, FOREIGN],
  ["127.0.0.1.nip.io", 421, FOREIGN],
  ["127.1", 421, FOREIGN],
  ["2130706433", 421, FOREIGN],
  ["0.0.0.0", 421, FOREIGN],
  ["[::]", 421, FOREIGN],
  ["[::ffff:127.0.0.1]", 421, FOREIGN],
  ["sub.ops.example", 421, FOREIGN, ops],
];

const hosts: Row[] = [
  ...allowedHosts.flatMap(([host, options]): Row[] => [
    {
      name: `host ${host} is accepted`,
      request: () => get("/clusters", { Host: host }),
      options,
      status: 200,
    },
    {
      name: `a write under host ${host} is accepted`,
      request: () => docker({}, { Host: host }),
      options,
      status: 200,
      changes: true,
    },
  ]),
  ...refusedHosts.flatMap(([host, status, body, options]) => [
    refused(
      `a read under host '${host}' is rejected`,
      () => get("/secrets?cluster=test-cluster", { Host: host }),
      status,
      body,
      { options },
    ),
    refused(
      `a write under host '${host}' is rejected`,
      () => docker({}, { Host: host }),
      status,
      body,
      { options },
    ),
    {
      name: `/health is also answered under host '${host}'`,
      request: () => get("/health", { Host: host }),
      options,
      status: 200,
    },
  ]),
  refused(
    "a read without a Host header is rejected",
    () => new Request("http://localhost/clusters"),
    400,
    MISSING,
  ),
  refused(
    "a request line that names another host than the Host header is rejected",
    () => new Request("http://evil.example/clusters", { headers: { Host: "localhost" } }),
    421,
    FOREIGN,
  ),
];

const NO_CORS = { "Access-Control-Allow-Origin": null };
const PAGES = {
  error: true,
  message: "Requests from web pages of this origin are not allowed. Add the origin to " +
    "the setting cors-origins",
  status_code: 403,
};
const pages = { deps: { corsOrigins: ["https://console.example"] } };

const ownOrigins: [origin: string, options?: Row["options"]][] = [
  ["http://localhost"],
  ["http://localhost:3000"],
  ["https://127.0.0.1:8443"],
  ["http://[::1]:8091"],
  ["https://console.example", pages],
];

const foreignOrigins: [origin: string, options?: Row["options"]][] = [
  ["https://evil.example"],
  ["null"],
  [""],
  ["http://localhost.evil.example"],
  ["http://evil.example#http://localhost"],
  ["http://localhost@evil.example"],
  ["http://localhost:3000, https://evil.example"],
  ["file://localhost"],
  ["HTTP://LOCALHOST"],
  ["http://console.example", pages],
  ["https://console.example:8443", pages],
  ["https://sub.console.example", pages],
];

const preflight = (origin: string, more: Headers = {}) =>
  get(DOCKER, { Origin: origin, "Access-Control-Request-Method": "POST", ...more }, "OPTIONS");

const allowing = (origin: string) => ({ "Access-Control-Allow-Origin": origin, Vary: "Origin" });

const origins: Row[] = [
  ...ownOrigins.flatMap(([origin, options]): Row[] => [
    {
      name: `a page from ${origin} may read`,
      request: () => get("/clusters", { Origin: origin }),
      options,
      status: 200,
      headers: { ...allowing(origin), "Access-Control-Expose-Headers": "X-Request-Id,Retry-After" },
    },
    {
      name: `a page from ${origin} may write`,
      request: () => docker({}, { Origin: origin }),
      options,
      status: 200,
      headers: allowing(origin),
      changes: true,
    },
    {
      name: `a page from ${origin} may read an error`,
      request: () => get("/secrets", { Origin: origin }),
      options,
      status: 400,
      headers: allowing(origin),
    },
    {
      name: `a preflight from ${origin} is granted`,
      request: () => preflight(origin, { "Access-Control-Request-Headers": "content-type" }),
      options,
      status: 204,
      headers: {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET,HEAD,POST,DELETE",
        "Access-Control-Allow-Headers": "Content-Type,X-Request-Id",
        "Access-Control-Allow-Credentials": null,
      },
    },
  ]),
  ...foreignOrigins.flatMap(([origin, options]): Row[] => [
    ...["/clusters", "/secrets?cluster=test-cluster", "/", "/openapi.json", "/none"].map((path) =>
      refused(
        `a read of ${path} from a page of '${origin}' is rejected`,
        () => get(path, { Origin: origin }),
        403,
        PAGES,
        { options, headers: NO_CORS },
      )
    ),
    {
      name: `a HEAD from a page of '${origin}' is rejected`,
      request: () => get("/secrets?cluster=test-cluster", { Origin: origin }, "HEAD"),
      options,
      status: 403,
      headers: NO_CORS,
      opens: false,
      changes: false,
    },
    {
      name: `/health answers a page of '${origin}', which may not read the answer`,
      request: () => get("/health", { Origin: origin }),
      options,
      status: 200,
      headers: NO_CORS,
      opens: false,
    },
    refused(
      `a write from a page of '${origin}' is rejected`,
      () => docker({}, { Origin: origin }),
      403,
      PAGES,
      { options, headers: NO_CORS },
    ),
    {
      name: `a preflight from '${origin}' is answered and grants nothing`,
      request: () => preflight(origin),
      options,
      status: 204,
      headers: NO_CORS,
      opens: false,
    },
  ]),
  {
    name: "a page served by the server itself may read, under the host name in use",
    request: () => get("/clusters", { Origin: "https://ops.example", Host: "Ops.example" }),
    options: ops,
    status: 200,
    headers: NO_CORS,
  },
  ...[
    ["another port", { Origin: "https://ops.example:8443", Host: "ops.example" }],
    ["another allowed name", { Origin: "https://10.0.0.7", Host: "ops.example" }],
    ["no scheme", { Origin: "ops.example", Host: "ops.example" }],
  ].map(([what, headers]) =>
    refused(
      `a read from a page of ${what} than the server's is rejected`,
      () => get("/clusters", headers as Headers),
      403,
      PAGES,
      { options: ops, headers: NO_CORS },
    )
  ),
  ...([{}, { "Sec-Fetch-Site": "same-origin" }] as Headers[]).map((site): Row => ({
    name: `a page of an allowed host may write with ${JSON.stringify(site)}`,
    request: () => docker({}, { Origin: "https://ops.example", Host: "ops.example", ...site }),
    options: ops,
    status: 200,
    changes: true,
  })),
  ...([
    ["another port of an allowed host", { Origin: "https://ops.example:8443" }],
    ["an allowed host that the browser marks as cross-site", {
      Origin: "http://ops.example",
      "Sec-Fetch-Site": "cross-site",
    }],
    ["a similarly named host", { Origin: "https://ops.example.evil" }],
  ] as [string, Headers][]).map(([what, headers]) =>
    refused(
      `a page of ${what} may not write`,
      () => docker({}, { Host: "ops.example", ...headers }),
      403,
      PAGES,
      { options: ops, headers: NO_CORS },
    )
  ),
  {
    name: "a preflight under a foreign host is answered and grants nothing",
    request: () => preflight("https://evil.example", { Host: "evil.example" }),
    status: 204,
    headers: NO_CORS,
  },
];

const JSON_ONLY = /^Web pages must send the body as Content-Type: application\/json$/;
const types = [
  "",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
];
const local = { Origin: "http://localhost:3000" };

const contentTypes: Row[] = [
  ...types.flatMap((type): Row[] => [
    {
      name: `curl may send the body as '${type}'`,
      request: () => docker({}, { "Content-Type": type }),
      status: 200,
      changes: true,
    },
    refused(
      `a page may not send the body as '${type}'`,
      () => docker({}, { "Content-Type": type, ...local }),
      415,
      JSON_ONLY,
    ),
  ]),
  refused(
    "a content type that only starts like JSON's is rejected from a page",
    () => docker({}, { "Content-Type": "application/jsonp", ...local }),
    415,
    JSON_ONLY,
  ),
  ...["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8"]
    .map((type): Row => ({
      name: `a page may send the body as ${type}`,
      request: () => docker({}, { "Content-Type": type, ...local }),
      status: 200,
      changes: true,
    })),
];

const OTHER_SITE = /^Requests from web pages of other sites are not allowed$/;

const sites: Row[] = [
  ...["cross-site", "same-site", "nonsense"].flatMap((site) => [
    refused(
      `a read marked ${site} by the browser is rejected`,
      () => get("/secrets?cluster=test-cluster", { "Sec-Fetch-Site": site }),
      403,
      OTHER_SITE,
    ),
    refused(
      `a write marked ${site} by the browser is rejected`,
      () => docker({}, { "Sec-Fetch-Site": site }),
      403,
      OTHER_SITE,
    ),
  ]),
  ...["none", "same-origin"].map((site): Row => ({
    name: `a read marked ${site} by the browser is answered`,
    request: () => get("/clusters", { "Sec-Fetch-Site": site }),
    status: 200,
  })),
];

const echoes = (id: string): Row => ({
  name: `request ID ${id.slice(0, 20)} is kept, echoed and logged`,
  request: () => get("/clusters", { "X-Request-Id": id }),
  status: 200,
  headers: { "X-Request-Id": id },
});

const replaces = (what: string, id: string): Row => ({
  name: `a request ID with ${what} is replaced by a new one`,
  request: () => get("/clusters", { "X-Request-Id": id }),
  status: 200,
  after: (_stage, _body, response) =>
    assert.match(
      response.headers.get("X-Request-Id")!,
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    ),
});

const requestIds: Row[] = [
  echoes("abc-123_=XYZ"),
  echoes("x".repeat(64)),
  replaces("65 characters", "x".repeat(65)),
  replaces("a blank", "a b"),
  replaces("quotes", '"a"'),
  replaces("a comma", "a, b"),
  replaces("no characters", ""),
  {
    name: "a written secret is annotated with the request ID and a random suffix",
    request: () => docker({}, { "X-Request-Id": "my-id" }),
    status: 200,
    after: ({ cluster }) => {
      const { annotations } = cluster.secrets.get("default/my-docker-secret")!;
      assert.match(annotations["argocd-configurer.io/request"]!, /^my-id\.[0-9a-f]{8}$/);
    },
  },
];

for (const test of testsOf([...hosts, ...origins, ...contentTypes, ...sites, ...requestIds])) {
  Deno.test(test);
}
