import { observe } from "../observe/observe.ts";

/** What systemd tells a service of `Type=notify`, in its environment. */
export interface NotifyOptions {
  /** `NOTIFY_SOCKET`: a path, or `@` and an abstract name. */
  readonly socket?: string;
  /** `WATCHDOG_USEC`: microseconds without a word from the service, after which it is ended. */
  readonly watchdogUsec?: string;
  /** `WATCHDOG_PID`: the process that is meant. */
  readonly watchdogPid?: string;
}

/** Tells systemd how the service is. Nothing here fails: what cannot be said is logged once. */
export interface SystemdNotifier {
  /** It listens; from now on the watchdog is told that the event loop turns. */
  ready(): void;
  stopping(): void;
  close(): void;
}

const SILENT: SystemdNotifier = { ready() {}, stopping() {}, close() {} };

/**
 * Speaks sd_notify's protocol: a datagram a message. The socket that it is sent from has an abstract
 * name, so that no file is made for it.
 *
 * Permissions: `--allow-net` without names, `--allow-read --allow-write` of the socket.
 * @see https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 */
export function systemdNotifier(options: NotifyOptions): SystemdNotifier {
  const { socket = "", watchdogUsec, watchdogPid } = options;
  if (!/^[/@]./.test(socket)) return SILENT;
  const to = { transport: "unixpacket", path: socket.replace(/^@/, "\0") } as const;
  let from: Deno.DatagramConn;
  try {
    from = Deno.listenDatagram({
      transport: "unixpacket",
      path: `\0argocd-configurer-${crypto.randomUUID()}`,
    });
  } catch (error) {
    warn(error);
    return SILENT;
  }
  let warned = false;
  let beating: ReturnType<typeof setInterval> | undefined;

  function warn(error: unknown): void {
    const reason = error instanceof Deno.errors.NotCapable
      ? "Deno runs without --allow-net for it"
      : (error as Error).message;
    observe("server.systemd_unreachable", { reason });
  }

  function say(message: string): void {
    from.send(new TextEncoder().encode(message), to).catch((error) => {
      if (!warned) warn(error);
      warned = true;
    });
  }

  return {
    ready() {
      say("READY=1");
      const each = watchdogMilliseconds(watchdogUsec, watchdogPid);
      if (each === undefined || beating !== undefined) return;
      say("WATCHDOG=1");
      beating = setInterval(() => say("WATCHDOG=1"), each);
      Deno.unrefTimer(beating);
    },
    stopping: () => say("STOPPING=1"),
    close() {
      clearInterval(beating);
      from.close();
    },
  };
}

/** A third of what systemd waits: one word may be late, and the next still comes in time. */
function watchdogMilliseconds(usec = "", pid = String(Deno.pid)): number | undefined {
  if (!/^[1-9][0-9]{0,15}$/.test(usec) || pid !== String(Deno.pid)) return undefined;
  return Math.max(1, Math.floor(Number(usec) / 3000));
}
