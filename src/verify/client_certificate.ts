import { createPrivateKey, X509Certificate } from "node:crypto";
import { NoAnswer } from "./no_answer.ts";
import type { TransportOptions } from "./verdict.ts";

/**
 * The client certificate and key to use, as in Argo CD: both or none.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/helm/client.go newTLSConfig
 * @throws {NoAnswer} when they are invalid or do not match, because TLS would silently ignore them
 */
export function clientCertificate(
  { tlsClientCert, tlsClientKey }: TransportOptions,
): { cert: string; key: string } | undefined {
  const [cert, key] = [tlsClientCert?.reveal(), tlsClientKey?.reveal()];
  if (!cert || !key) return undefined;
  if (!isPair(cert, key)) {
    throw new NoAnswer("the client certificate and key are not a matching PEM pair");
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
