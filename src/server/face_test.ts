import assert from "node:assert/strict";
import { clusterNotFound } from "../operations/cluster_errors.ts";
import { OperationError } from "../operations/errors.ts";
import { errorReplyAt, faceOf } from "./face.ts";

const FACES: [method: string, path: string, face: "seed" | "full"][] = [
  ["GET", "/", "seed"],
  ["GET", "/health", "seed"],
  ["HEAD", "/clusters", "seed"],
  ["GET", "/secrets", "seed"],
  ["PUT", "/secrets", "seed"],
  ["POST", "/secrets/add_docker", "seed"],
  ["POST", "/secrets/add_helm_repo", "seed"],
  ["DELETE", "/secrets", "full"],
  ["POST", "/secrets/add_repo", "full"],
  ["POST", "/secrets/verify", "full"],
  ["GET", "/secrets/clusters", "full"],
  ["GET", "/audit", "full"],
  ["GET", "/openapi.json", "full"],
  ["GET", "/nowhere", "full"],
  ["GET", "/api/v1/clusters", "full"],
  ["POST", "/api/v1/docker", "full"],
];

for (const [method, path, face] of FACES) {
  Deno.test(`errors of ${method} ${path} have the ${face} face`, () => {
    assert.equal(faceOf(method, path) === "seed", face === "seed");
  });
}

const STATUSES: [method: string, path: string, status: number][] = [
  ["GET", "/secrets", 404],
  ["HEAD", "/secrets", 404],
  ["GET", "/secrets/pull", 404],
  ["POST", "/secrets/add_docker", 400],
  ["POST", "/secrets/add_repo", 400],
  ["DELETE", "/secrets", 400],
  ["DELETE", "/api/v1/secrets", 404],
  ["POST", "/api/v1/docker", 400],
];

for (const [method, path, status] of STATUSES) {
  Deno.test(`a missing cluster is ${status} at ${method} ${path}`, () => {
    const unknown = { kind: "cluster_not_found", cluster: "a", file: "a.kubeconfig" } as const;
    const answer = errorReplyAt(clusterNotFound(unknown, "cluster"), { method, path });
    assert.equal(answer.status, status);
    assert.equal((answer.body as { status_code: number }).status_code, status);
  });
}

Deno.test("every other error has one status at all paths", () => {
  const details = { name: "a", cluster: "b", namespaces: [], for: "delete" } as const;
  const error = new OperationError("secret_not_found", details);
  assert.equal(errorReplyAt(error, { method: "DELETE", path: "/secrets" }).status, 404);
});
