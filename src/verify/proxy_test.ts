import assert from "node:assert/strict";
import type { ProxyEnv } from "../net/proxy.ts";
import type { TransportOptions } from "./verdict.ts";
import { proxyFor } from "./way.ts";

const PROXY = "http://proxy.example:3128";
const given = (noProxy?: string): TransportOptions => ({ proxy: PROXY, noProxy });

const ROWS: [url: string, transport: TransportOptions, env: ProxyEnv, proxy: string | undefined][] =
  [
    ["https://git.example", {}, {}, undefined],
    ["https://git.example", given(), {}, PROXY],
    ["http://git.example", given(), {}, PROXY],
    ["https://git.example", { proxy: "proxy.example:3128" }, {}, PROXY],
    ["https://git.example", {}, { HTTPS_PROXY: PROXY }, PROXY],
    ["https://git.example", {}, { https_proxy: PROXY }, PROXY],
    ["https://git.example", {}, { HTTP_PROXY: PROXY }, undefined],
    ["http://git.example", {}, { HTTP_PROXY: PROXY }, PROXY],
    ["https://git.example", {}, { HTTPS_PROXY: PROXY, NO_PROXY: "git.example" }, undefined],
    ["https://git.example", {}, { HTTPS_PROXY: PROXY, no_proxy: "git.example" }, undefined],
    ["https://git.example", given(), { NO_PROXY: "*", HTTPS_PROXY: "http://other" }, PROXY],
    ["https://git.example", { noProxy: "git.example" }, { HTTPS_PROXY: PROXY }, PROXY],
    ["https://localhost", given(), {}, undefined],
    ["https://127.0.0.1", given(), {}, undefined],
    ["https://[::1]", given(), {}, undefined],
    ["https://git.example", given("*"), {}, undefined],
    ["https://git.example", given(" x , GIT.example "), {}, undefined],
    ["https://a.git.example", given("git.example"), {}, undefined],
    ["https://xgit.example", given("git.example"), {}, PROXY],
    ["https://git.example", given(".git.example"), {}, PROXY],
    ["https://a.git.example", given(".git.example"), {}, undefined],
    ["https://git.example", given("*.git.example"), {}, PROXY],
    ["https://a.git.example", given("*.git.example"), {}, undefined],
    ["https://git.example", given("git.example:443"), {}, undefined],
    ["http://git.example", given("git.example:443"), {}, PROXY],
    ["https://git.example:8443", given("git.example:443"), {}, PROXY],
    ["https://10.1.2.3", given("10.1.2.3"), {}, undefined],
    ["https://10.1.2.3", given("10.1.2.3:443"), {}, undefined],
    ["https://10.1.2.3", given("10.1.2.3:80"), {}, PROXY],
    ["https://10.1.2.3", given("10.0.0.0/8"), {}, undefined],
    ["https://11.1.2.3", given("10.0.0.0/8"), {}, PROXY],
    ["https://git.example", given("0.0.0.0/0"), {}, PROXY],
    ["https://10.1.2.3", given("2.3"), {}, PROXY],
    ["https://[fd12::1]", given("fd12::1"), {}, undefined],
    ["https://[fd12::1]", given("[fd12::1]:443"), {}, undefined],
    ["https://[fd12::1]", given("[fd12::1]:80"), {}, PROXY],
    ["https://[fd12::1]", given("fd00::/8"), {}, undefined],
    ["https://[fd12::1]", given("::/0,"), {}, undefined],
    ["https://git.example", given(",:443,"), {}, PROXY],
  ];

for (const [url, transport, env, proxy] of ROWS) {
  const shown = JSON.stringify({ ...transport, ...env });
  Deno.test(`${url} with ${shown} goes through ${proxy ?? "no proxy"}`, () => {
    assert.equal(proxyFor(new URL(url), transport, env), proxy);
  });
}
