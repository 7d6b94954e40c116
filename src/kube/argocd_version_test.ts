import assert from "node:assert/strict";
import { type ArgocdDeployment, argocdVersionOf } from "./argocd_version.ts";

const server = (image: string, more: Partial<ArgocdDeployment> = {}): ArgocdDeployment => ({
  component: "server",
  images: [image],
  ...more,
});

const ROWS: [what: string, deployments: ArgocdDeployment[], version: string | undefined][] = [
  ["nothing", [], undefined],
  ["the image of the plain manifests", [server("quay.io/argoproj/argocd:v3.2.0")], "v3.2.0"],
  [
    "a tag with a digest",
    [server(`registry.example.com:5000/x/argocd:v2.14.1@sha256:${"0".repeat(64)}`)],
    "v2.14.1",
  ],
  ["an image by its digest alone", [server("quay.io/argoproj/argocd@sha256:00")], undefined],
  [
    "a digest, and the label of Helm's chart",
    [server("quay.io/argoproj/argocd@sha256:00", { version: "v3.0.1" })],
    "v3.0.1",
  ],
  [
    "a core installation, which has no server",
    [{ component: "repo-server", images: ["quay.io/argoproj/argocd:v3.1.0"] }],
    "v3.1.0",
  ],
  [
    "redis and dex, whose versions are their own",
    [
      { component: "redis", images: ["redis:7.2"], version: "7.2" },
      { component: "dex-server", images: ["ghcr.io/dexidp/dex:v2.43.0"] },
      server("quay.io/argoproj/argocd:v3.2.0"),
    ],
    "v3.2.0",
  ],
  [
    "a sidecar before it",
    [{ component: "server", images: ["envoy:v1.30", "quay.io/argoproj/argocd:v3.2.0"] }],
    "v3.2.0",
  ],
  ["an image of a port and no tag", [server("registry.example.com:5000/argocd")], undefined],
  ["a tag that is no word", [server("argocd:\u001b[2J", { version: "a b" })], undefined],
];

for (const [what, deployments, version] of ROWS) {
  Deno.test(`the version of Argo CD from ${what} is ${version}`, () => {
    assert.equal(argocdVersionOf(deployments), version);
  });
}
