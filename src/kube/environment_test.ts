import assert from "node:assert/strict";
import { kubectlEnv } from "./environment.ts";

Deno.test("kubectl gets the environment variables that it and its plugins need", () => {
  const env = {
    PATH: "/bin",
    HOME: "/root",
    KUBECONFIG: "/k",
    AWS_PROFILE: "a",
    AZURE_CLIENT_ID: "b",
    HTTPS_PROXY: "http://proxy:1",
    no_proxy: "localhost",
    SSL_CERT_FILE: "/ca",
  };
  assert.deepEqual(kubectlEnv(env), env);
});

Deno.test("kubectl gets no variable of ours, nor one that only looks like one of its own", () => {
  const env = {
    ARGOCD_CONFIGURER_TOKEN: "a-fake-token",
    ARGOCD_CONFIGURER_PASSWORD: "a-fake-password",
    MY_AWS_KEY: "a",
    PATHS: "b",
    LD_PRELOAD: "c",
  };
  assert.deepEqual(kubectlEnv(env), {});
});
