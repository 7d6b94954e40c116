import { z } from "zod";

const labelValue = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
const labelKey = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const namespace = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a namespace");

/**
 * Every setting with its default, in the file's spelling. What each is for stands in `describe`,
 * from which `configs/defaults.yaml` and the README are written by hand.
 */
export const Settings = z.object({
  host: z.string().min(1).default("127.0.0.1").describe("address to listen on"),
  port: z.number().int().min(0).max(65535).default(8091).describe("port to listen on"),
  "clusters-folder": z.string().min(1).default("clusters").describe("folder of kubeconfigs"),
  kubectl_timeout: z.number().positive().max(3600).default(30)
    .describe("seconds that the commands of one request may take together"),
  transport: z.enum(["auto", "kubectl", "api"]).default("auto").describe(
    "how clusters are reached",
  ),
  "argocd-namespace": namespace.default("argocd").describe("namespace of Argo CD"),
  "docker-labels": z.record(
    z.string().regex(labelKey, "is not a label key"),
    z.string().regex(labelValue, "is not a label value"),
  )
    .refine((labels) => Object.keys(labels).length > 0, "needs at least one label")
    .default({
      "jjo.finance/secret-type": "docker-creds",
      "mcops.tech/secret-type": "docker-creds",
    })
    .describe("labels that a docker secret gets and is found by"),
  "docker-namespaces": z.array(namespace).optional()
    .describe("namespaces to list when the right to list all is missing"),
  "cors-origins": z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, "is not an origin")).default([])
    .describe("origins of web pages that may use the API, besides this machine's"),
  "allowed-hosts": z.array(z.string().min(1)).default([])
    .describe("Host names that are answered, besides this machine's"),
  "trusted-owners": z.array(z.number().int().min(0)).default([])
    .describe("user ids that may own a kubeconfig, besides the server's and root"),
  "allow-exec-plugins": z.boolean().default(true)
    .describe("whether a kubeconfig may run programs for its credentials"),
  "log-format": z.enum(["text", "json"]).default("text").describe("one line an event, as"),
  "log-level": z.enum(["debug", "info", "warning", "error"]).default("info")
    .describe("least level that is logged"),
});

/** The settings in effect. */
export type Settings = z.output<typeof Settings>;

export type SettingKey = keyof Settings;

export const SETTING_KEYS = Object.keys(Settings.shape) as SettingKey[];
