/** The command lines of etcd and kube-apiserver, and the signing keys they need. */
import { join } from "node:path";

export interface Ports {
  api: number;
  etcd: number;
  etcdPeer: number;
}

/** Ports that are free now; another program may still take one before the servers do. */
export function freePorts(): Ports {
  const listeners = [0, 0, 0].map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const [api, etcd, etcdPeer] = listeners.map((listener) => listener.addr.port);
  listeners.forEach((listener) => listener.close());
  return { api: api!, etcd: etcd!, etcdPeer: etcdPeer! };
}

export function etcdArguments(dir: string, ports: Ports): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
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
/** kube-apiserver writes its self-signed certificate, followed by the authority's, here. */
export const certificateFile = (dir: string): string => join(dir, "certificates", "apiserver.crt");

export function kubeApiserverArguments(dir: string, ports: Ports): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.api}`,
    `--cert-dir=${join(dir, "certificates")}`,
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
  await Deno.writeTextFile(signingKeyFile(dir), pem("PRIVATE KEY", privateKey), { mode: 0o600 });
  await Deno.writeTextFile(verifyingKeyFile(dir), pem("PUBLIC KEY", publicKey));
}

function pem(label: string, bytes: ArrayBuffer): string {
  const lines = btoa(String.fromCharCode(...new Uint8Array(bytes))).match(/.{1,64}/g)!;
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
