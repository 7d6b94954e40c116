import assert from "node:assert/strict";
import http from "node:http";
import { deadlineIn } from "../deadline.ts";
import { Handshakes } from "./handshakes.ts";
import { NoAnswer, send } from "./http.ts";

for (const value of ["a-token\n", "a-token\0", "a-token-日本"]) {
  Deno.test(`a token that no header can hold is the kubeconfig's fault, and not shown: ${JSON.stringify(value)}`, async () => {
    const endpoint = {
      server: new URL("http://127.0.0.1:1"),
      agent: new http.Agent(),
      handshakes: new Handshakes(5),
    };
    const headers = { Authorization: `Bearer ${value}` };
    const sent = send(endpoint, { method: "GET", path: "/api", headers }, deadlineIn(5));
    await assert.rejects(sent, (error) => {
      assert.ok(error instanceof NoAnswer);
      assert.equal(error.report.kind, "invalid_kubeconfig");
      assert.ok(!error.message.includes("a-token"), error.message);
      return true;
    });
  });
}
