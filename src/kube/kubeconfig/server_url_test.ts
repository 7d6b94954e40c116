import assert from "node:assert/strict";
import { serverUrl, shownServer } from "./server_url.ts";

const TOKEN = `ghp_${"a1".repeat(18)}`;
const LONG = "x7".repeat(15);

const ROWS: [server: string, shown: string][] = [
  ["https://10.0.0.1:6443", "https://10.0.0.1:6443"],
  ["https://api.example.com:443/", "https://api.example.com"],
  ["https://user:secret@api.example.com/k?token=secret", "https://api.example.com/k"],
  [
    "https://r.example.com/k8s/clusters/c-m-abcdefgh",
    "https://r.example.com/k8s/clusters/c-m-abcdefgh",
  ],
  [
    "https://x.example.com/clusters/0b5f3f9e-1111-4222-8333-444455556666",
    "https://x.example.com/clusters/0b5f3f9e-1111-4222-8333-444455556666",
  ],
  [`https://x.example.com/t/${TOKEN}/api`, "https://x.example.com/t/***/api"],
  [`https://x.example.com/${LONG}`, "https://x.example.com/***"],
  [
    "https://x.example.com/the-cluster-of-the-platform-team",
    "https://x.example.com/the-cluster-of-the-platform-team",
  ],
];

for (const [server, shown] of ROWS) {
  Deno.test(`a server is shown as ${shown}`, () => {
    assert.equal(shownServer(serverUrl(server).url), shown);
  });
}
