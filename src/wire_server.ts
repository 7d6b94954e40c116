import type { Settings } from "./config/schema.ts";
import { createApp } from "./server/app.ts";
import { trustedProxies } from "./server/client_address.ts";
import type { Reloadable } from "./server/reload.ts";
import { type Shared, shared } from "./shared.ts";
import { tokensFrom } from "./tokens/tokens.ts";
import { type Machine, wire } from "./wire.ts";

/** Wires the program as {@link wire} does, behind HTTP. */
export function wireServer(
  settings: Settings,
  machine: Machine,
  version: string,
  common: Shared = shared(machine),
): Reloadable {
  const { close, ...wired } = wire(settings, machine, version, common);
  const file = settings["tokens-file"];
  const hasTokens = file !== undefined || machine.token !== undefined;
  const app = createApp({
    ...wired,
    allowedHosts: settings["allowed-hosts"],
    corsOrigins: settings["cors-origins"],
    maxRequests: settings["max-requests"],
    bodySeconds: settings["body-timeout"],
    behindProxy: trustedProxies(settings["behind-proxy"]),
    tokens: hasTokens ? tokensFrom({ file, fromEnvironment: machine.token }) : undefined,
  });
  return { ...app, close };
}
