import { readTrusted } from "../../files/open.ts";
import { NotTrusted, ownTrust, type Trust } from "../../files/trusted.ts";
import { observe } from "../../observe/observe.ts";
import { failedAnswer } from "./failed_answer.ts";
import { addressFault, restartingListener, type Server } from "./restarting_listener.ts";

export interface TlsFiles {
  /** Certificate chain in PEM, the server's own first. */
  readonly cert: string;
  /** Its key in PEM. */
  readonly key: string;
  /** Who may own both, and write to them. @default this process's user and root */
  readonly trust?: Trust;
}

/** A certificate that cannot be served with, with the reason. */
export class CertificateInvalid extends Error {
  override readonly name = "CertificateInvalid";
}

/** Milliseconds between looks at the files. */
const LOOK_EVERY = 5000;

/**
 * Serves HTTPS with the certificate as it is in its files. When they change, a second server with
 * the new one takes the port too, and then the first one stops listening and ends what it has: the
 * port is never closed, and no request is broken off. Only a connection that was made at that very
 * moment, and had not come to the first server yet, is reset. Files that cannot be used change
 * nothing, and the log says why.
 *
 * Permissions: `--allow-net` of the address, `--allow-read` of the files.
 * @throws {CertificateInvalid} and what {@link Deno.serve} does
 */
export function serveTls(
  at: { readonly hostname: string; readonly port: number },
  files: TlsFiles,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  lookEvery = LOOK_EVERY,
): Server {
  // Two servers on one port is what a changed certificate needs, and what another program must not
  // have: that one is found by asking for the port alone first.
  if (at.port !== 0) Deno.listen(at).close();
  let version = versionOf(files);
  const begin = (port: number) =>
    restartingListener((port) => open({ hostname: at.hostname, port }, files, handler), port);
  let server = begin(at.port);
  const { addr } = server;
  const ending = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const now = versionOf(files);
    if (now === version) return;
    try {
      const next = begin(addr.port);
      version = now;
      const before = server;
      server = next;
      const ended = before.shutdown().finally(() => ending.delete(ended));
      ending.add(ended);
      observe("server.certificate_reloaded", { file: files.cert });
    } catch (error) {
      // What is wrong with the files stays so until they change; all else is tried again.
      if (error instanceof CertificateInvalid) version = now;
      const reason = (error as Error).message;
      observe("server.certificate_not_reloaded", { reason });
    }
  }, lookEvery);
  return {
    addr,
    async shutdown() {
      clearInterval(timer);
      await Promise.all([server.shutdown(), ...ending]);
    },
  };
}

/**
 * Looks whether HTTPS can be served with these files.
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
      `Cannot use certificate ${files.cert} with key ${files.key}: they are not a certificate ` +
        "chain and its key in PEM",
    );
  }
}

/**
 * Whoever can read a key can pose as this server. A group may: keys of /etc/ssl/private belong to
 * root and a group of those who serve with them.
 * @see https://www.postgresql.org/docs/17/ssl-tcp.html for the same rule; ssh's is stricter
 * @throws {NotTrusted}
 */
function isPrivate({ mode }: Deno.FileInfo): void {
  if (((mode ?? 0) & 0o007) === 0) return;
  throw new NotTrusted({ of: "file", why: "everyone may read this key; run chmod o-rwx on it" });
}

function read(file: string, trust: Trust, may?: (info: Deno.FileInfo) => void): string {
  try {
    return readTrusted(file, trust, may);
  } catch (error) {
    if (error instanceof NotTrusted) {
      throw new CertificateInvalid(`Cannot use ${file}: ${error.message}`);
    }
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : "cannot read it";
    throw new CertificateInvalid(`Cannot use ${file}: ${why}`);
  }
}

/** Another text when a file is another one or has changed; a missing one counts as changed. */
function versionOf({ cert, key }: TlsFiles): string {
  return [cert, key].map((file) => {
    try {
      // A change of owner or mode alone may be what was missing.
      const { ino, size, mtime, ctime } = Deno.statSync(file);
      return `${ino} ${size} ${mtime?.getTime()} ${ctime?.getTime()}`;
    } catch {
      return "none";
    }
  }).join(" ");
}
