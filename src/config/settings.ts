import { z } from "zod";
import { parseNetwork } from "../net/address.ts";
import type { SettingTable } from "./setting.ts";

const text = z.string().min(1, "must not be empty");
const namespace = z.string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a namespace");
const labelKey = z.string().regex(
  /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
  "is not a label key",
);
const labelValue = z.string()
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, "is not a label value");
const origin = z.string().regex(/^https?:\/\/[^/\s]+$/, "is not an origin");
/** A host, an address or a network, as what a credential is verified at. */
const place = z.string().refine(isPlace, "is not a host, an address or a network");
const network = z.string()
  .refine((text) => parseNetwork(text) !== undefined, "is not an address or a network");
const seconds = z.number().gt(0).max(3600);

/** In bytes: an audit log in which every line has room. */
const MIB = 1024 * 1024;

function isPlace(text: string): boolean {
  const [, host = "", length] = /^([A-Za-z0-9.:_-]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const isV6 = host.includes(":");
  const isAddress = isV6 || /^[0-9.]+$/.test(host);
  if (host === "" || !URL.canParse(`http://${isV6 ? `[${host}]` : host}`)) return false;
  return length === undefined || (isAddress && Number(length) <= (isV6 ? 128 : 32));
}

/**
 * Every setting, in the file's spelling. `configs/defaults.yaml` and the table of docs/configuration.md are written
 * from it, by `deno run -A scripts/write_docs.ts`.
 */
export const SETTINGS = {
  host: {
    schema: text.default("127.0.0.1"),
    about:
      "Address to listen on. One besides this machine's needs [tokens and HTTPS](#tokens-and-https).",
    flag: { group: "listen", value: "address" },
    reloadable: false,
  },
  port: {
    schema: z.int().min(0).max(65535).default(8091),
    about: "Port to listen on; `0` for any free one.",
    flag: { group: "listen" },
    reloadable: false,
  },
  "clusters-folder": {
    schema: text.default("clusters"),
    about: "Folder of kubeconfigs: `NAME.kubeconfig` in it is the cluster NAME.",
    flag: { commands: true },
    path: "folder",
    shipped: "clusters",
  },
  kubectl_timeout: {
    schema: seconds.default(30),
    about: "Time for the commands of one request (seconds). A cluster's label " +
      "`argocd-configurer.io/timeout` overrides it.",
    flag: { value: "seconds", commands: true },
    shipped: 10,
  },
  "connect-timeout": {
    schema: seconds.default(5),
    about:
      "Time for a connection to a cluster, TLS and a proxy's part included (seconds), over the " +
      "transport `api`.",
  },
  transport: {
    schema: z.enum(["auto", "kubectl", "api"]).default("auto"),
    about:
      "How clusters are reached: `auto`, `kubectl` or `api`. `auto` is `kubectl` when it is on " +
      "PATH, else `api`; a request about several clusters asks each by `api` where its kubeconfig and " +
      "the permissions of this process allow it. A cluster's label `argocd-configurer.io/transport` overrides it.",
    flag: { value: "transport", commands: true },
  },
  "argocd-namespace": {
    schema: namespace.default("argocd"),
    about: "Namespace of Argo CD. A cluster's label `argocd-configurer.io/argocd-namespace` " +
      "overrides it; `none` says that the cluster has no Argo CD.",
    flag: { value: "namespace", commands: true },
  },
  "docker-labels": {
    schema: z.record(labelKey, labelValue)
      .refine((labels) => Object.keys(labels).length > 0, "needs at least one label")
      .default({
        "jjo.finance/secret-type": "docker-creds",
        "mcops.tech/secret-type": "docker-creds",
      }),
    about: "Labels that a docker secret gets and is found by.",
  },
  "docker-namespaces": {
    schema: z.array(namespace).optional(),
    about:
      "Namespaces to list where listing all of them is not allowed. Without it: kube-system, " +
      "default and Argo CD's.",
    example: ["kube-system", "default", "argocd"],
  },
  "tokens-file": {
    schema: text.optional(),
    about:
      "File of the [tokens](#tokens-and-https) that are accepted; 'token create' makes them. " +
      "Without it anyone on this machine may use the API.",
    flag: { group: "listen" },
    path: "file",
    protective: true,
    example: "tokens.yaml",
  },
  "tls-cert": {
    schema: text.optional(),
    about: "Certificate chain (PEM), to serve HTTPS. Without it: HTTP.",
    flag: { group: "listen" },
    path: "file",
    protective: true,
    reloadable: false,
    example: "tls.crt",
  },
  "tls-key": {
    schema: text.optional(),
    about: "Private key (PEM) of `tls-cert`.",
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
    about: "A proxy on this machine or in a private network does TLS; the setting names " +
      "[others](#tokens-and-https). Besides `true` and `false` it is a list of addresses and networks.",
    flag: { group: "listen" },
  },
  "cors-origins": {
    schema: z.array(origin).default([]),
    about: "Origins of web pages that may use the API, besides pages of this machine and of the " +
      "server's own origin.",
  },
  "allowed-hosts": {
    schema: z.array(text).default([]),
    about: "Host names that are answered, besides localhost, 127.0.0.1 and [::1].",
  },
  "trusted-owners": {
    schema: z.array(z.int().min(0)).default([]),
    about: "User ids that may own [the files that are used](#whose-files-are-used), kubeconfigs " +
      "above all, besides the server's and root.",
  },
  "allow-exec-plugins": {
    schema: z.boolean().default(true),
    about: "Whether a kubeconfig may run programs for its credentials.",
    protective: true,
  },
  "verify-allow": {
    schema: z.array(place).default([]),
    about: "Hosts, addresses and networks of this machine's that credentials may be verified at.",
  },
  "audit-log": {
    schema: text.optional(),
    about: "File in which every attempt to write is [recorded](#audit-log). Without it none is.",
    path: "file",
    protective: true,
    example: "audit.log",
  },
  "fingerprint-key-file": {
    schema: text.optional(),
    about:
      "File with the key for [fingerprints](#audit-log) of credentials, in answers and in the " +
      "audit log; created if it does not exist. Without it, the audit log's key is used, or else one " +
      "that is lost when the process ends.",
    path: "file",
    example: "fingerprints.key",
  },
  "audit-log-max-size": {
    schema: z.int().refine((bytes) => bytes === 0 || bytes >= MIB, `must be 0 or at least ${MIB}`)
      .default(64 * MIB),
    about:
      `Bytes after which a new audit log is begun: at least ${MIB} (1 MiB), or \`0\` for one ` +
      "file that grows.",
  },
  "audit-log-files": {
    schema: z.int().min(1).max(100).default(10),
    about: "Older audit logs that are kept (1 to 100).",
  },
  "max-requests": {
    schema: z.int().min(1).default(256),
    about: "Requests that may be under way at once; one more is 503.",
  },
  "fleet-at-once": {
    schema: z.int().min(1).max(1000).default(32),
    about:
      "Maximum number of clusters under way at the same time, for all requests about several clusters " +
      "together; the others wait. A cluster that takes longer than two seconds lets another one start.",
  },
  "body-timeout": {
    schema: seconds.default(10),
    about: "Time for a client to send the body of a request (seconds).",
  },
  "log-format": {
    schema: z.enum(["text", "json"]).default("text"),
    about: "What a line of the log looks like: `text` or `json`.",
    flag: { group: "output", value: "format" },
  },
  "log-level": {
    schema: z.enum(["debug", "info", "warning", "error"]).default("info"),
    about: "Least level that is logged: `debug`, `info`, `warning` or `error`.",
    flag: { group: "output", value: "level", commands: { default: "warning" } },
  },
} as const satisfies SettingTable;
