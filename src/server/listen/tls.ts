import { readTrusted } from "../../files/open.ts";
import { NotTrusted, ownTrust, type Trust } from "../../files/trusted.ts";
import { observe } from "../../observe/observe.ts";
import { failedAnswer } from "./failed_answer.ts";
import { addressFault, restartingListener, type Server } from "./restarting_listener.ts";

export interface TlsFiles {
  /** File with the certificate chain in PEM, the server's certificate first. */
  readonly cert: string;
  /** File with the private key in PEM. */
  readonly key: string;
  /** Who may own and write to both files. @default the user of this process and root */
  readonly trust?: Trust;
}

/** The certificate or its key cannot be used. */
export class CertificateInvalid extends Error {
  override readonly name = "CertificateInvalid";
}

/** Interval of checking the files for changes, in milliseconds. */
const CHECK_EVERY = 5000;

/**
 * Serves HTTPS and reloads the certificate when its files change. A second server with the new certificate
 * listens on the same port before the first one stops listening and finishes its requests: the port is
 * never closed and no request is aborted. Only a connection in the kernel's queue of the first server at
 * that time is reset. If the new files cannot be used, the log reports it and the old certificate stays.
 *
 * Permissions: `--allow-net` of the address, `--allow-read` of the files.
 * @throws {CertificateInvalid} and what {@link Deno.serve} does
 */
export function serveTls(
  at: { readonly hostname: string; readonly port: number },
  files: TlsFiles,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  checkEvery = CHECK_EVERY,
): Server {
  // Servers share the port (`reusePort`) to change the certificate. Listening exclusively first detects
  // another program on the port.
  if (at.port !== 0) Deno.listen(at).close();
  let version = versionOf(files);
  const start = (port: number) =>
    restartingListener((port) => open({ hostname: at.hostname, port }, files, handler), port);
  let server = start(at.port);
  const { addr } = server;
  const stopping = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const now = versionOf(files);
    if (now === version) return;
    try {
      const next = start(addr.port);
      version = now;
      const before = server;
      server = next;
      const stopped = before.shutdown().finally(() => stopping.delete(stopped));
      stopping.add(stopped);
      observe("server.certificate_reloaded", { file: files.cert });
    } catch (error) {
      // Invalid files are tried again only after a change; other errors are retried.
      if (error instanceof CertificateInvalid) version = now;
      const reason = (error as Error).message;
      observe("server.certificate_not_reloaded", { reason });
    }
  }, checkEvery);
  return {
    addr,
    async shutdown() {
      clearInterval(timer);
      await Promise.all([server.shutdown(), ...stopping]);
    },
  };
}

/**
 * Checks that HTTPS can be served with these files.
 *
 * Permissions: `--allow-net=127.0.0.1`, `--allow-read` of the files.
 * @throws {CertificateInvalid}
 */
export async function checkCertificate(files: TlsFiles): Promise<void> {
  const handler = () => new Response();
  await open({ hostname: "127.0.0.1", port: 0 }, files, handler).shutdown();
}

function open(
  at: { readonly hostname: string; readonly port: number },
  files: TlsFiles,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  const { trust = ownTrust() } = files;
  const [cert, key] = [read(files.cert, trust), read(files.key, trust, isPrivate)];
  try {
    const options = {
      ...at,
      cert,
      key,
      reusePort: true,
      onListen: () => {},
      onError: failedAnswer,
    };
    return Deno.serve(options, handler);
  } catch (error) {
    if (addressFault(error) !== undefined) throw error;
    throw new CertificateInvalid(
      `Cannot use certificate ${files.cert} with key ${files.key}: not a certificate chain and its ` +
        "private key in PEM",
    );
  }
}

/**
 * Rejects a key that everyone can read: they could impersonate the server. A group may read it, because
 * keys in /etc/ssl/private belong to root and a group of server users.
 * @see https://www.postgresql.org/docs/17/ssl-tcp.html for the same rule; ssh's is stricter
 * @throws {NotTrusted}
 */
function isPrivate({ mode }: Deno.FileInfo): void {
  if (((mode ?? 0) & 0o007) === 0) return;
  throw new NotTrusted({ of: "file", why: "everyone may read this key; run chmod o-rwx on it" });
}

function read(file: string, trust: Trust, check?: (info: Deno.FileInfo) => void): string {
  try {
    return readTrusted(file, trust, check);
  } catch (error) {
    if (error instanceof NotTrusted) {
      throw new CertificateInvalid(`Cannot use ${file}: ${error.message}`);
    }
    const why = error instanceof Deno.errors.NotFound ? "no such file" : "cannot read the file";
    throw new CertificateInvalid(`Cannot use ${file}: ${why}`);
  }
}

/** A text that differs when a file was changed, replaced or removed. */
function versionOf({ cert, key }: TlsFiles): string {
  return [cert, key].map((file) => {
    try {
      // ctime: a change of owner or mode alone may make the file usable.
      const { ino, size, mtime, ctime } = Deno.statSync(file);
      return `${ino} ${size} ${mtime?.getTime()} ${ctime?.getTime()}`;
    } catch {
      return "none";
    }
  }).join(" ");
}
