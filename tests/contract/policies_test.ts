import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import type { KubeErrorKind } from "../../src/kube/errors.ts";
import { PATIENCE } from "../support/patience.ts";
import { done, opaque, soon, words } from "./secrets.ts";
import { controlPlane, type Transport, TRANSPORTS, withFolder } from "./subjects.ts";

/** An error names the cluster's policy that denied a write and nothing else, over each transport. */

const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
const LABEL = "tests.invalid/denied-by";
const SECRETS = {
  apiGroups: [""],
  apiVersions: ["v1"],
  operations: ["CREATE"],
  resources: ["secrets"],
};

/** Objects of the cluster that exist during `use`. */
async function withObjects(
  objects: readonly [path: string, body: { metadata: { name: string } }][],
  use: () => Promise<void>,
): Promise<void> {
  const { request } = controlPlane!;
  try {
    for (const [path, body] of objects) {
      const { status, body: answer } = await request("POST", `${ADMISSION}/${path}`, body);
      assert.equal(status, 201, JSON.stringify(answer));
    }
    await use();
  } finally {
    for (const [path, { metadata: { name } }] of objects) {
      await request("DELETE", `${ADMISSION}/${path}/${name}`);
    }
  }
}

async function assertDenied(by: string, kind: KubeErrorKind, why: string): Promise<void> {
  for (const transport of TRANSPORTS) await deniedOver(transport, by, kind, why);
}

async function deniedOver(
  transport: Transport,
  by: string,
  kind: KubeErrorKind,
  why: string,
): Promise<void> {
  await withFolder(async (cacheDir) => {
    const { administrator } = controlPlane!.kubeconfigs;
    const { store, close } = await transport.open({ kubeconfig: administrator, cacheDir });
    const name = `denied-${crypto.randomUUID().slice(0, 8)}`;
    const ref = { namespace: "team-a", name };
    const secret = opaque("team-a", name, "canary", { labels: { [LABEL]: by } });
    try {
      const until = performance.now() + 1000 * PATIENCE;
      let [outcome] = await store.create([secret], soon());
      // A policy takes a moment to take effect.
      while (outcome?.kind === "done" && performance.now() < until) {
        await store.remove([{ ...ref, ...done(outcome) }], soon());
        [outcome] = await store.create([secret], soon());
      }
      assert.deepEqual(words([outcome!]), [`rejected ${kind}`]);
      assert.equal(
        outcome?.kind === "rejected" && outcome.error.message,
        `Cannot create secret team-a/${name} of cluster 'test': ${why}`,
      );
    } finally {
      close();
    }
  });
}

for (const [reason, kind] of [[undefined, "invalid"], ["Forbidden", "forbidden"]] as const) {
  Deno.test({
    name: `a ValidatingAdmissionPolicy that denies a write is named, and is ${kind}`,
    ignore: controlPlane === undefined,
    async fn() {
      const by = `policy-${crypto.randomUUID().slice(0, 8)}`;
      const name = `${by}.tests.invalid`;
      const policy = {
        metadata: { name },
        spec: {
          matchConstraints: {
            objectSelector: { matchLabels: { [LABEL]: by } },
            resourceRules: [SECRETS],
          },
          validations: [{ expression: "false", message: "no canary here", reason }],
        },
      };
      const binding = {
        metadata: { name },
        spec: { policyName: name, validationActions: ["Deny"] },
      };
      await withObjects([
        ["validatingadmissionpolicies", policy],
        ["validatingadmissionpolicybindings", binding],
      ], () => assertDenied(by, kind, `ValidatingAdmissionPolicy '${name}' denied the request`));
    },
  });
}

/** Responses of a webhook, and the kind of error for each. */
const REFUSALS = [
  ["without a code", {}, "invalid"],
  ["with a code alone", { code: 403 }, "invalid"],
  ["with a reason", { code: 403, reason: "Forbidden" }, "forbidden"],
] as const;

for (const [how, status, kind] of REFUSALS) {
  Deno.test({
    name: `an admission webhook that denies a write ${how} is named, and is ${kind}`,
    ignore: controlPlane === undefined,
    async fn() {
      const authority = makeAuthority("of the webhook");
      const { certificate: cert, key } = authority.issue({
        commonName: "webhook",
        for: "server",
        hosts: ["127.0.0.1"],
      });
      const listening = { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} };
      await using webhook = Deno.serve(listening, async (request) => {
        const { request: { uid } } = await request.json();
        const response = { uid, allowed: false, status: { message: "no canary here", ...status } };
        return Response.json({
          apiVersion: "admission.k8s.io/v1",
          kind: "AdmissionReview",
          response,
        });
      });
      const by = `webhook-${crypto.randomUUID().slice(0, 8)}`;
      const name = `${by}.tests.invalid`;
      const configuration = {
        metadata: { name },
        webhooks: [{
          name,
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          objectSelector: { matchLabels: { [LABEL]: by } },
          rules: [SECRETS],
          clientConfig: {
            url: `https://127.0.0.1:${webhook.addr.port}/`,
            caBundle: btoa(authority.certificate),
          },
        }],
      };
      await withObjects(
        [["validatingwebhookconfigurations", configuration]],
        () => assertDenied(by, kind, `admission webhook '${name}' denied the request`),
      );
    },
  });
}
