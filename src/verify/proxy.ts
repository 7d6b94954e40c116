import { type Env, proxyFromEnv, proxyUnless } from "../net/proxy.ts";
import type { TransportOptions } from "./verdict.ts";

export type { Env };

/**
 * The proxy for a URL as Argo CD finds it: the credential's own with its `noProxy`, else that of the
 * environment. This machine is asked without a proxy.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/proxy/proxy.go GetCallback
 */
export function proxyFor(
  url: URL,
  { proxy, noProxy }: Pick<TransportOptions, "proxy" | "noProxy">,
  env: Env,
): string | undefined {
  return proxy ? proxyUnless(url, proxy, noProxy) : proxyFromEnv(url, env);
}
