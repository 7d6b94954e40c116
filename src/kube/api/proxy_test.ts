import assert from "node:assert/strict";
import { proxyFromEnv } from "./proxy.ts";

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
];

for (const [server, env, proxy] of ROWS) {
  const shown = Object.entries(env).map(([key, value]) => `${key}=${value}`).join(" ");
  Deno.test(`${server} with ${shown || "nothing"} goes through ${proxy ?? "no proxy"}`, () => {
    assert.equal(proxyFromEnv(new URL(server), env), proxy);
  });
}
