import { observe } from "../observe/observe.ts";

/** The environment that systemd sets for a service of `Type=notify`. */
export interface NotifyOptions {
  /** `NOTIFY_SOCKET`: a path, or `@` and an abstract name. */
  readonly socket?: string;
  /** `WATCHDOG_USEC`: the watchdog's timeout in microseconds. */
  readonly watchdogUsec?: string;
  /** `WATCHDOG_PID`: the process that the watchdog is for. */
  readonly watchdogPid?: string;
}

/** Notifies systemd of the state of the service. It never throws: a failure is logged once. */
export interface SystemdNotifier {
  /** The server listens. From now on, the watchdog is notified while the event loop runs. */
  ready(): void;
  stopping(): void;
  close(): void;
}

const SILENT: SystemdNotifier = { ready() {}, stopping() {}, close() {} };

/**
 * A notifier with the protocol of sd_notify: one datagram per message. The sending socket has an abstract
 * name, so that it needs no file.
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

/** A third of the watchdog's timeout, so that one late message does no harm. */
function watchdogMilliseconds(usec = "", pid = String(Deno.pid)): number | undefined {
  if (!/^[1-9][0-9]{0,15}$/.test(usec) || pid !== String(Deno.pid)) return undefined;
  return Math.max(1, Math.floor(Number(usec) / 3000));
}
