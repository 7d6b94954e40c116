import type { Examples } from "../../src/credentials/kinds/credential_kind.ts";
import {
  CHECK_EXAMPLES,
  dockerExamples,
  FIND_EXAMPLES,
  helmExamples,
  repoExamples,
  VERIFY_EXAMPLES,
} from "../../src/operations/examples.ts";
import { makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "./material.ts";
import { REPO, VERIFY } from "./requests.ts";
import { DOCKER, HELM } from "./support.ts";

/** Example bodies of the document. */

const rsa = makeRsaKey();
const tls = makeTlsPair();
const SSH = makeSshKey();

export type Body = Record<string, unknown>;

/** An example with real keys instead of placeholders. */
export function withKeys(value: Body): Body {
  const app = value.github_app as object | undefined;
  return {
    ...value,
    ...(value.ssh_private_key ? { ssh_private_key: SSH } : {}),
    ...(app ? { github_app: { ...app, private_key: rsa } } : {}),
    ...(value.gcp_service_account_key ? { gcp_service_account_key: makeGcpKey(rsa) } : {}),
    ...(value.tls_client_cert ? { tls_client_cert: tls.certificate, tls_client_key: tls.key } : {}),
  };
}

/** By the path of their POST. */
export const EXAMPLES: readonly (readonly [path: string, examples: Examples])[] = [
  [REPO, repoExamples("cluster_name")],
  [DOCKER, dockerExamples("cluster_name")],
  [HELM, helmExamples("cluster_name")],
  [VERIFY, VERIFY_EXAMPLES],
  ["/api/v1/repositories", repoExamples("cluster")],
  ["/api/v1/docker", dockerExamples("cluster")],
  ["/api/v1/helm_repositories", helmExamples("cluster")],
  ["/api/v1/verifications", VERIFY_EXAMPLES],
  ["/api/v1/credentials/find", FIND_EXAMPLES],
  ["/api/v1/checks", CHECK_EXAMPLES],
];
