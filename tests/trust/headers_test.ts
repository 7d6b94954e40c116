import assert from "node:assert/strict";
import { stage } from "../http/stage.ts";
import { docker, get } from "../http/support.ts";

/** The headers that keep every response out of caches, frames and pages of other sites. */

const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

const ANSWERS: [status: number, what: string, request: () => Request][] = [
  [200, "a read", () => get("/secrets?cluster=test-cluster")],
  [200, "a probe by a page", () => get("/health", { Origin: "http://localhost:3000" })],
  [200, "a write", () => docker()],
  [400, "a mistake", () => docker({ name: "Not a name" })],
  [403, "a foreign page", () => docker({}, { Origin: "https://evil.example" })],
  [404, "a path that is not there", () => get("/nowhere")],
  [405, "a wrong method", () => get("/clusters", {}, "DELETE")],
  [421, "a foreign host", () => get("/clusters", { Host: "evil.example" })],
];

Deno.test("every response forbids caching, framing and use by other sites", async () => {
  for (const [status, what, request] of ANSWERS) {
    const answer = await stage().app.fetch(request());
    await answer.body?.cancel();
    assert.equal(answer.status, status, what);
    for (const [name, value] of Object.entries(HEADERS)) {
      assert.equal(answer.headers.get(name), value, `${name} of ${what}`);
    }
  }
});
