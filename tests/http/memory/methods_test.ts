import { check, DOCKER, get, HELM, post } from "../support.ts";

/** Paths and methods that are not served. */

const headers = { Host: "localhost" };

for (const path of ["/nope", "/secrets/", "/Secrets", "//secrets", "/secrets/add_docker/x"]) {
  for (const method of ["GET", "POST", "DELETE", "HEAD"]) {
    Deno.test(`${method} ${path} is 404`, () =>
      check({
        name: "",
        request: () => new Request(`http://localhost${path}`, { method, headers }),
        status: 404,
        body: method === "HEAD" ? undefined : /^No such path/,
        opens: false,
      }));
  }
}
const READ_ONLY = ["/", "/health", "/clusters", "/openapi.json"];
const GETS = [...READ_ONLY, "/secrets"];
const wrongMethods = [
  ...READ_ONLY.flatMap((path) =>
    ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"].map((method) => ({
      method,
      path,
      allow: "GET, HEAD, OPTIONS",
      use: `Method not allowed. Use GET on ${path}`,
    }))
  ),
  ...["POST", "PUT", "PATCH", "PROPFIND"].map((method) => ({
    method,
    path: "/secrets",
    allow: "GET, HEAD, DELETE, OPTIONS",
    use: "Method not allowed. Use GET or DELETE on /secrets",
  })),
  ...["POST", "PUT", "PATCH", "DELETE"].map((method) => ({
    method,
    path: "/secrets/my-secret",
    allow: "GET, HEAD, OPTIONS",
    use: "Method not allowed. Use GET on /secrets/{name}",
  })),
  ...[DOCKER, HELM, "/secrets/add_repo", "/secrets/verify"].flatMap((path) =>
    ["GET", "HEAD", "PUT", "PATCH", "DELETE"].map((method) => ({
      method,
      path,
      allow: "POST, OPTIONS",
      use: `Method not allowed. Use POST on ${path}`,
    }))
  ),
];

for (const { method, path, allow, use } of wrongMethods) {
  Deno.test(`${method} ${path} is 405 and names the allowed method`, () =>
    check({
      name: "",
      request: () => get(path, {}, method),
      status: 405,
      body: method === "HEAD" ? undefined : { error: true, message: use, status_code: 405 },
      headers: { Allow: allow },
      opens: false,
      changes: false,
    }));
}

for (const path of GETS) {
  Deno.test(`HEAD ${path} answers like GET without a body`, () =>
    check({
      name: "",
      request: () => get(path, {}, "HEAD"),
      status: path === "/secrets" ? 400 : 200,
    }));
}

for (const path of [...GETS, DOCKER, HELM]) {
  Deno.test(`OPTIONS ${path} is answered without a body and contacts no cluster`, () =>
    check({
      name: "",
      request: () => get(path, {}, "OPTIONS"),
      status: 204,
      headers: { "Access-Control-Allow-Methods": "GET,HEAD,POST,DELETE" },
      opens: false,
    }));
}

Deno.test("a body sent with a wrong method is not treated as a write", () =>
  check({
    name: "",
    request: () => new Request(post(DOCKER, "{}"), { method: "PUT" }),
    status: 405,
    opens: false,
    changes: false,
  }));
