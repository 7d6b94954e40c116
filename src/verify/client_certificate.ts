import { createPrivateKey, X509Certificate } from "node:crypto";
import { NoAnswer } from "./no_answer.ts";
import type { TransportOptions } from "./verdict.ts";

/**
 * The certificate and key to show, as Argo CD shows them: both, or none.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/helm/client.go newTLSConfig
 * @throws {NoAnswer} when they are none, or no pair: TLS would leave them out without a word
 */
export function clientCertificate(
  { tlsClientCert, tlsClientKey }: TransportOptions,
): { cert: string; key: string } | undefined {
  const [cert, key] = [tlsClientCert?.reveal(), tlsClientKey?.reveal()];
  if (!cert || !key) return undefined;
  if (!isPair(cert, key)) {
    throw new NoAnswer("the client certificate and key to show are no pair in PEM");
  }
  return { cert, key };
}

function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false; // the message may quote them
  }
}
