/** The command lines of etcd and kube-apiserver, and the keys and certificates they need. */
import { join } from "node:path";
import { type Certified, pem } from "./certificates.ts";
import type { ServerCertificates } from "./credentials.ts";

/** Free ports; another program may take one before the servers do. */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map((listener) => listener.addr.port);
  listeners.forEach((listener) => listener.close());
  return ports;
}

export function etcdArguments(dir: string, clientPort: number, peerPort: number): string[] {
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    "--name=test",
    `--data-dir=${join(dir, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    "--unsafe-no-fsync",
  ];
}

export const tokensFile = (dir: string): string => join(dir, "tokens.csv");
const signingKeyFile = (dir: string): string => join(dir, "service_account.key");
const verifyingKeyFile = (dir: string): string => join(dir, "service_account.pub");
const certificateFile = (dir: string, name: string): string => join(dir, "certificates", name);

/** The storage of an API server. */
export interface Storage {
  etcdPort: number;
  /** The key prefix in etcd. API servers with different prefixes are separate clusters. */
  prefix: string;
}

/** @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ */
export function kubeApiserverArguments(
  dir: string,
  port: number,
  { etcdPort, prefix }: Storage,
): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--etcd-prefix=${prefix}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--tls-cert-file=${certificateFile(dir, "serving.crt")}`,
    `--tls-private-key-file=${certificateFile(dir, "serving.key")}`,
    `--tls-sni-cert-key=${certificateFile(dir, "extra_name.crt")},${
      certificateFile(dir, "extra_name.key")
    }`,
    `--client-ca-file=${certificateFile(dir, "ca.crt")}`,
    `--service-account-key-file=${verifyingKeyFile(dir)}`,
    `--service-account-signing-key-file=${signingKeyFile(dir)}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--authorization-mode=RBAC",
    `--token-auth-file=${tokensFile(dir)}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--disable-admission-plugins=ServiceAccount",
  ];
}

/** Writes the key pair of the service account tokens, in PEM. */
export async function writeSigningKeys(dir: string): Promise<void> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const privateKey = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const publicKey = await crypto.subtle.exportKey("spki", keys.publicKey);
  await Deno.writeTextFile(signingKeyFile(dir), pem("PRIVATE KEY", new Uint8Array(privateKey)), {
    mode: 0o600,
  });
  await Deno.writeTextFile(verifyingKeyFile(dir), pem("PUBLIC KEY", new Uint8Array(publicKey)));
}

/** Writes the server's certificate and the authority of its clients. */
export async function writeCertificates(dir: string, server: ServerCertificates): Promise<void> {
  await Deno.mkdir(join(dir, "certificates"), { mode: 0o700 });
  const write = (name: string, text: string) =>
    Deno.writeTextFile(certificateFile(dir, name), text, { mode: 0o600 });
  const both = async (name: string, { certificate, key }: Certified) => {
    await write(`${name}.crt`, certificate);
    await write(`${name}.key`, key);
  };
  await write("ca.crt", server.ca);
  await both("serving", server.serving);
  await both("extra_name", server.extraName);
}
