import assert from "node:assert/strict";
import { isLoopback, proxyFromEnv } from "./proxy.ts";

const PROXY = "http://proxy.example:3128";

const ROWS: [server: string, env: Record<string, string>, proxy: string | undefined][] = [
  ["https://api.example:6443", {}, undefined],
  ["https://api.example:6443", { HTTPS_PROXY: PROXY }, PROXY],
  ["https://api.example:6443", { https_proxy: PROXY }, PROXY],
  ["https://api.example:6443", { HTTPS_PROXY: "proxy.example:3128" }, PROXY],
  ["https://api.example:6443", { HTTP_PROXY: PROXY }, undefined],
  ["http://api.example", { HTTP_PROXY: PROXY }, PROXY],
  ["https://127.0.0.1:6443", { HTTPS_PROXY: PROXY }, undefined],
  ["https://localhost:6443", { HTTPS_PROXY: PROXY }, undefined],
  ["https://[::1]:6443", { HTTPS_PROXY: PROXY }, undefined],
  ["https://api.example", { HTTPS_PROXY: PROXY, NO_PROXY: "*" }, undefined],
  ["https://api.example", { HTTPS_PROXY: PROXY, NO_PROXY: "api.example" }, undefined],
  ["https://api.example", { HTTPS_PROXY: PROXY, no_proxy: " API.example , x" }, undefined],
  ["https://a.api.example", { HTTPS_PROXY: PROXY, NO_PROXY: "api.example" }, undefined],
  ["https://xapi.example", { HTTPS_PROXY: PROXY, NO_PROXY: "api.example" }, PROXY],
  ["https://api.example", { HTTPS_PROXY: PROXY, NO_PROXY: ".api.example" }, PROXY],
  ["https://a.api.example", { HTTPS_PROXY: PROXY, NO_PROXY: ".api.example" }, undefined],
  ["https://api.example:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "api.example:443" }, PROXY],
  ["https://api.example", { HTTPS_PROXY: PROXY, NO_PROXY: "api.example:443" }, undefined],
  ["https://10.1.2.3", { HTTPS_PROXY: PROXY, NO_PROXY: "10.0.0.0/8" }, undefined],
  ["https://11.1.2.3", { HTTPS_PROXY: PROXY, NO_PROXY: "10.0.0.0/8" }, PROXY],
  ["https://api.example", { HTTPS_PROXY: PROXY, NO_PROXY: "10.0.0.0/8" }, PROXY],
  ["https://api.example", { ALL_PROXY: PROXY }, undefined],
  ["http://api.example", { all_proxy: PROXY }, undefined],
  ["http://api.example", { http_proxy: PROXY }, PROXY],
  ["https://api.example", { https_proxy: "http://other", HTTPS_PROXY: PROXY }, PROXY],
  ["http://localhost:8091", { http_proxy: PROXY, all_proxy: PROXY }, undefined],
  ["http://LOCALHOST.:8091", { http_proxy: PROXY }, undefined],
  ["http://127.9.9.9", { http_proxy: PROXY }, undefined],
  ["http://127.1", { http_proxy: PROXY }, undefined],
  ["http://[::ffff:127.0.0.1]:8091", { http_proxy: PROXY }, undefined],
  ["http://127.0.0.1.nip.example", { http_proxy: PROXY }, PROXY],
  ["http://localhost.example", { http_proxy: PROXY }, PROXY],
  ["http://api.example", { http_proxy: PROXY, NO_PROXY: "x,*" }, undefined],
  ["http://api.example", { http_proxy: PROXY, NO_PROXY: "x api.example" }, PROXY],
  ["http://api.example", { http_proxy: PROXY, NO_PROXY: "*.api.example" }, PROXY],
  ["http://a.api.example", { http_proxy: PROXY, NO_PROXY: "*.api.example" }, undefined],
  ["http://a.api.example", { http_proxy: PROXY, NO_PROXY: "a.*.example" }, PROXY],
  ["http://10.1.2.3", { http_proxy: PROXY, NO_PROXY: ".2.3" }, PROXY],
  ["http://[::ffff:10.1.2.3]", { http_proxy: PROXY, NO_PROXY: "10.0.0.0/8" }, undefined],
  ["http://[::ffff:10.1.2.3]", { http_proxy: PROXY, NO_PROXY: "10.1.2.3:80" }, undefined],
  ["http://[fd12::1]", { http_proxy: PROXY, NO_PROXY: "fd00::/8" }, undefined],
  ["http://[fd12::1]:8080", { http_proxy: PROXY, NO_PROXY: "[fd12::1]:80" }, PROXY],
];

Deno.test("loopback addresses are recognized in every spelling, and others are not", () => {
  for (const host of ["localhost", "127.0.0.1", "127.255.0.1", "[::1]", "[::ffff:7f00:1]"]) {
    assert.ok(isLoopback(new URL(`http://${host}`)), host);
  }
  for (const host of ["localhost.example", "128.0.0.1", "[::2]", "0.0.0.0", "a.localhost"]) {
    assert.ok(!isLoopback(new URL(`http://${host}`)), host);
  }
});

for (const [server, env, proxy] of ROWS) {
  const shown = Object.entries(env).map(([key, value]) => `${key}=${value}`).join(" ");
  Deno.test(`${server} with ${shown || "nothing"} goes through ${proxy ?? "no proxy"}`, () => {
    assert.equal(proxyFromEnv(new URL(server), env), proxy);
  });
}
