import { z } from "zod";
import { parseNetwork } from "../net/address.ts";
import type { SettingTable } from "./setting.ts";

const text = z.string().min(1, "must not be empty");
const host = z.string().regex(/^[A-Za-z0-9.:_%-]+$/, "must be an IP address or a host name");
const namespace = z.string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a valid namespace name");
const labelKey = z.string().regex(
  /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  "must be a valid label key",
);
const labelValue = z.string()
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, "must be a valid label value");
const origin = z.string().regex(
  /^https?:\/\/[^/\s]+$/,
  "must be an origin such as https://example.com",
);
/** Where a credential may be verified. */
const place = z.string().refine(isPlace, "must be a host, an address or a network");
const network = z.string()
  .refine((text) => parseNetwork(text) !== undefined, "must be an address or a network");
const seconds = z.number().gt(0).max(3600);

/** Minimum size of an audit log in bytes: every entry fits. */
const MIB = 1024 * 1024;

function isPlace(text: string): boolean {
  const [, host = "", length] = /^([A-Za-z0-9.:_-]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const isV6 = host.includes(":");
  const isAddress = isV6 || /^[0-9.]+$/.test(host);
  if (host === "" || !URL.canParse(`http://${isV6 ? `[${host}]` : host}`)) return false;
  return length === undefined || (isAddress && Number(length) <= (isV6 ? 128 : 32));
}

/**
 * All settings, with their keys in the configuration file. `deno run -A scripts/write_docs.ts` generates
 * `configs/defaults.yaml` and the table in docs/configuration.md from them.
 */
export const SETTINGS = {
  host: {
    schema: host.default("127.0.0.1"),
    about:
      "Address to listen on. Any address other than loopback requires [tokens and HTTPS](#tokens-and-https).",
    flag: { group: "listen", value: "address" },
    reloadable: false,
  },
  port: {
    schema: z.int().min(0).max(65535).default(8091),
    about: "Port to listen on; `0` picks a free port.",
    flag: { group: "listen" },
    reloadable: false,
  },
  "clusters-folder": {
    schema: text.default("clusters"),
    about: "Clusters folder: each `NAME.kubeconfig` in it is the cluster NAME.",
    flag: {
      commands: true,
      default: "clusters in the working directory, ~/.config/argocd-configurer or " +
        "/etc/argocd-configurer",
    },
    path: "folder",
    shipped: "clusters",
  },
  kubectl_timeout: {
    schema: seconds.default(30),
    about:
      "Timeout for all requests to a cluster within one API request, in seconds. The cluster label " +
      "`argocd-configurer.io/timeout` overrides it.",
    flag: { value: "seconds", commands: true },
    shipped: 10,
  },
  "connect-timeout": {
    schema: seconds.default(5),
    about:
      "Timeout for connecting to a cluster with the transport `api`, including TLS and a proxy, in " +
      "seconds.",
  },
  transport: {
    schema: z.enum(["auto", "kubectl", "api"]).default("auto"),
    about:
      "How to connect to clusters: `auto`, `kubectl` or `api`. `auto` uses `kubectl` if it is on PATH, " +
      "otherwise `api`; a request about several clusters uses `api` for each cluster whose kubeconfig " +
      "and the permissions of this process allow it. The cluster label " +
      "`argocd-configurer.io/transport` overrides it.",
    flag: { value: "transport", commands: true },
  },
  "argocd-namespace": {
    schema: namespace.default("argocd"),
    about: "Namespace of Argo CD. The cluster label `argocd-configurer.io/argocd-namespace` " +
      "overrides it; `none` there means that the cluster has no Argo CD.",
    flag: { value: "namespace", commands: true },
  },
  "docker-labels": {
    schema: z.record(labelKey, labelValue)
      .refine((labels) => Object.keys(labels).length > 0, "needs at least one label")
      .default({
        "jjo.finance/secret-type": "docker-creds",
        "mcops.tech/secret-type": "docker-creds",
      }),
    about: "Docker labels: set on each pull secret that is written, and used to find pull secrets.",
  },
  "docker-namespaces": {
    schema: z.array(namespace).optional(),
    about:
      "Namespaces to search if listing all namespaces is not allowed. Default: kube-system, default " +
      "and the Argo CD namespace.",
    example: ["kube-system", "default", "argocd"],
  },
  "tokens-file": {
    schema: text.optional(),
    about:
      "File with the accepted [tokens](#tokens-and-https); 'token create' adds one. Without it, any " +
      "user on this machine may use the API.",
    flag: { group: "listen" },
    path: "file",
    protective: true,
    example: "tokens.yaml",
  },
  "tls-cert": {
    schema: text.optional(),
    about: "Certificate chain (PEM) for HTTPS. Without it, the server uses HTTP.",
    flag: { group: "listen" },
    path: "file",
    protective: true,
    reloadable: false,
    example: "tls.crt",
  },
  "tls-key": {
    schema: text.optional(),
    about: "Private key (PEM) for `tls-cert`.",
    flag: { group: "listen" },
    path: "file",
    protective: true,
    reloadable: false,
    example: "tls.key",
  },
  "behind-proxy": {
    schema: z.union(
      [z.boolean(), z.array(network)],
      "must be true, false, or a list of addresses and networks",
    ).default(false),
    about:
      "Trust a TLS proxy in front of the server, on this machine or in a private network. A list " +
      "of addresses and networks names [other proxies](#tokens-and-https).",
    flag: { group: "listen" },
  },
  "cors-origins": {
    schema: z.array(origin).default([]),
    about:
      "Origins of web pages that may use the API, in addition to pages of this machine and the " +
      "server's own origin.",
  },
  "allowed-hosts": {
    schema: z.array(text).default([]),
    about: "Host names that the server accepts, in addition to localhost, 127.0.0.1 and [::1].",
  },
  "trusted-owners": {
    schema: z.array(z.int().min(0)).default([]),
    about:
      "User ids that may own [files that the server reads](#file-ownership-and-permissions), such as " +
      "kubeconfigs, in addition to the server's user and root.",
  },
  "allow-exec-plugins": {
    schema: z.boolean().default(true),
    about: "Whether kubeconfigs may run exec plugins for their credentials.",
    protective: true,
  },
  "verify-allow": {
    schema: z.array(place).default([]),
    about: "Hosts, addresses and networks of this machine at which credentials may be verified.",
  },
  "audit-log": {
    schema: text.optional(),
    about:
      "File that [records](#audit-log) every attempt to write. Without it, nothing is recorded.",
    path: "file",
    protective: true,
    example: "audit.log",
  },
  "fingerprint-key-file": {
    schema: text.optional(),
    about:
      "File with the key for [fingerprints](#audit-log) of credentials in responses and in the audit " +
      "log; created if missing. Without it, the key of the audit log is used, or else a temporary key " +
      "that is lost when the process ends.",
    path: "file",
    example: "fingerprints.key",
  },
  "audit-log-max-size": {
    schema: z.int().refine((bytes) => bytes === 0 || bytes >= MIB, `must be 0 or at least ${MIB}`)
      .default(64 * MIB),
    about:
      `Size in bytes at which the audit log is rotated: at least ${MIB} (1 MiB), or \`0\` for no ` +
      "rotation.",
  },
  "audit-log-files": {
    schema: z.int().min(1).max(100).default(10),
    about: "Number of rotated audit logs to keep (1 to 100).",
  },
  "max-requests": {
    schema: z.int().min(1).default(256),
    about: "Maximum number of concurrent requests; further ones get 503.",
  },
  "fleet-at-once": {
    schema: z.int().min(1).max(1000).default(32),
    about:
      "Maximum number of concurrent clusters, for all requests about several clusters together; other " +
      "clusters wait. A cluster that takes longer than two seconds lets another one start.",
  },
  "body-timeout": {
    schema: seconds.default(10),
    about: "Timeout for a client to send a request body, in seconds.",
  },
  "log-format": {
    schema: z.enum(["text", "json"]).default("text"),
    about: "Log format: `text` or `json`.",
    flag: { group: "output", value: "format" },
  },
  "log-level": {
    schema: z.enum(["debug", "info", "warning", "error"]).default("info"),
    about: "Minimum log level: `debug`, `info`, `warning` or `error`.",
    flag: { group: "output", value: "level", commands: { default: "none" } },
  },
} as const satisfies SettingTable;
