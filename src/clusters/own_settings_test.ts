import assert from "node:assert/strict";
import { OWN_LABELS, type OwnSettings, ownSettings } from "./own_settings.ts";

const { argocdNamespace, timeout, transport } = OWN_LABELS;

const READ: [labels: Record<string, string>, own: OwnSettings][] = [
  [{}, {}],
  [{ env: "prod", "example.com/timeout": "x", timeout: "x" }, {}],
  [{ [argocdNamespace]: "argo-cd" }, { argocdNamespace: "argo-cd" }],
  [{ [argocdNamespace]: "none" }, { argocdNamespace: null }],
  [{ [timeout]: "60" }, { seconds: 60 }],
  [{ [timeout]: "2.5" }, { seconds: 2.5 }],
  [{ [timeout]: "3600" }, { seconds: 3600 }],
  [{ [transport]: "api" }, { transport: "api" }],
  [{ [transport]: "kubectl", [timeout]: "1" }, { transport: "kubectl", seconds: 1 }],
];

for (const [labels, own] of READ) {
  Deno.test(`labels ${JSON.stringify(labels)} set ${JSON.stringify(own)}`, () => {
    assert.deepEqual(ownSettings(labels), { own });
  });
}

const REFUSED: [key: string, value: string, why: RegExp][] = [
  [argocdNamespace, "", /is '' and must be a namespace, or 'none'/],
  [argocdNamespace, "Argo", /must be a namespace/],
  [argocdNamespace, "a.b", /must be a namespace/],
  [timeout, "", /must be a number of seconds above 0, at most 3600/],
  [timeout, "0", /must be a number of seconds/],
  [timeout, "3601", /must be a number of seconds/],
  [timeout, "1m", /is '1m' and must be a number of seconds/],
  [timeout, "1e3", /must be a number of seconds/],
  [timeout, "0x10", /must be a number of seconds/],
  [timeout, "NaN", /must be a number of seconds/],
  [transport, "auto", /is 'auto' and must be 'kubectl' or 'api'/],
  [transport, "API", /must be 'kubectl' or 'api'/],
  ["argocd-configurer.io/argocd-namspace", "none", /is unknown; known labels: /],
];

for (const [key, value, why] of REFUSED) {
  Deno.test(`label ${key}: '${value}' is reported as invalid`, () => {
    const said = ownSettings({ env: "prod", [key]: value });
    assert.ok("why" in said);
    assert.ok(said.why.startsWith(`label ${key} `));
    assert.match(said.why, why);
  });
}
