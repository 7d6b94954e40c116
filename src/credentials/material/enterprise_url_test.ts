import assert from "node:assert/strict";
import { enterpriseUrlHint } from "./enterprise_url.ts";

const URLS: [url: string, hint: RegExp | undefined][] = [
  ["https://github.example.com/api/v3", undefined],
  ["https://github.example.com/api/v3/", undefined],
  ["https://github.example.com:8443/api/v3", undefined],
  ["https://github.example.com", /usually https:\/\/github\.example\.com\/api\/v3;/],
  ["https://github.example.com/", /usually https:\/\/github\.example\.com\/api\/v3;/],
  ["https://github.example.com:8443", /usually https:\/\/github\.example\.com:8443\/api\/v3;/],
  ["https://github.example.com/api", /usually https:\/\/github\.example\.com\/api\/v3;/],
  ["https://github.example.com/api/v3/app", /usually https:\/\/github\.example\.com\/api\/v3;/],
  ["https://github.com", /omit the URL to use the API of github/],
  ["https://GitHub.com/api/v3", /omit the URL to use the API of github/],
  ["https://www.github.com/", /omit the URL to use the API of github/],
  ["https://api.github.com", /omit the URL to use the API of github/],
  ["https://github.com.example.com/api/v3", undefined],
  ["https://api.team.ghe.com", undefined],
  ["https://api.team.ghe.com/", undefined],
  ["https://team.ghe.com", /usually https:\/\/api\.team\.ghe\.com;/],
  ["https://team.ghe.com/api/v3", /usually https:\/\/api\.team\.ghe\.com;/],
  ["https://api.team.ghe.com/api/v3", /usually https:\/\/api\.team\.ghe\.com;/],
  ["https://[", undefined],
];

for (const [url, hint] of URLS) {
  Deno.test(`the API URL ${url} gives ${hint ? "a" : "no"} hint`, () => {
    const said = enterpriseUrlHint(url);
    if (hint === undefined) assert.equal(said, undefined);
    else assert.match(said ?? "", hint);
  });
}
