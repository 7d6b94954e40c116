import { type Kind, testKinds } from "./program.ts";

/** Charts and OCI artifacts, written and read by Argo CD's own code. */

const login = (password: string) => ({ username: "user", password });
const basic = (password: string, more: object = {}) => ({
  kind: "basic",
  ...login(password),
  insecure: false,
  plainHTTP: false,
  ...more,
});

const KINDS: Kind[] = [
  ...([undefined, "add_helm_repo"] as const).flatMap((endpoint): Kind[] => {
    const field = endpoint === undefined ? "url" : "repository_url";
    const by = endpoint === undefined ? "" : " by the seed's endpoint";
    return [
      {
        what: `a chart repository${by}`,
        endpoint,
        url: "https://charts.example.com/stable",
        found: ["https://charts.example.com/stable", "https://charts.example.com/Stable"],
        not: [
          "https://charts.example.com/stable/",
          "https://charts.example.com/stable2",
          "https://charts.example.com.attacker.example/stable",
          "http://charts.example.com/stable",
          "charts.example.com/stable",
        ],
        body: (password) => ({
          type: "helm",
          [field]: "charts.example.com/stable",
          ...login(password),
        }),
        read: (password) => ({ type: "helm", ...login(password) }),
        using: [({ helm }) => helm, basic],
      },
      {
        what: `charts in an OCI registry${by}`,
        endpoint,
        url: "ghcr.io/org/charts",
        found: ["ghcr.io/org/charts", "ghcr.io/Org/Charts"],
        not: [
          "ghcr.io/org/charts/chart",
          "ghcr.io/org/charts2",
          "ghcr.io/org-of-others/charts",
          "ghcr.io.attacker.example/org/charts",
          "oci://ghcr.io/org/charts",
          "https://ghcr.io/org/charts",
        ],
        body: (password) => ({
          type: "helm",
          [field]: "https://ghcr.io/org/charts/",
          ...login(password),
        }),
        read: (password) => ({ type: "helm", ...login(password), enableOCI: true }),
        using: [({ helm }) => helm, basic],
      },
      {
        what: `an OCI artifact${by}`,
        endpoint,
        url: "oci://registry.example.com/team/app",
        found: ["oci://registry.example.com/team/app", "oci://registry.example.com/Team/App"],
        not: [
          "oci://registry.example.com/team/app2",
          "oci://registry.example.com/team/app/below",
          "oci://registry.example.com.attacker.example/team/app",
          "registry.example.com/team/app",
        ],
        body: (password) => ({
          type: "oci",
          [field]: "registry.example.com/team/app",
          ...login(password),
        }),
        read: (password) => ({ type: "oci", ...login(password) }),
        using: [({ oci }) => oci, basic],
      },
    ];
  }),
  ...[
    "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
    "123456789012.dkr-ecr.eu-west-1.on.aws",
    "team.azurecr.us",
  ].map((host): Kind => ({
    what: `charts at ${host}, which serves OCI only`,
    endpoint: "add_helm_repo",
    url: `${host}/charts`,
    found: [`${host}/charts`],
    not: [`https://${host}/charts`, `oci://${host}/charts`],
    body: (password) => ({ repository_url: `https://${host}/charts`, ...login(password) }),
    read: (password) => ({ type: "helm", ...login(password), enableOCI: true }),
    using: [({ helm }) => helm, basic],
  })),
  {
    what: "charts in an Azure registry with a workload identity",
    url: "a.azurecr.io/charts",
    found: ["a.azurecr.io/charts"],
    not: ["https://a.azurecr.io/charts", "oci://a.azurecr.io/charts"],
    body: () => ({ type: "helm", url: "a.azurecr.io/charts", use_azure_workload_identity: true }),
    read: () => ({ type: "helm", enableOCI: true, useAzureWorkloadIdentity: true }),
    using: [({ helm }) => helm.kind, () => "azureWorkloadIdentity"],
  },
  {
    what: "an OCI artifact over plain HTTP, where no certificate is checked",
    url: "oci://registry.example.com:5000/app",
    found: ["oci://registry.example.com:5000/app"],
    not: ["oci://registry.example.com/app", "oci://registry.example.com:5001/app"],
    body: (password) => ({
      type: "oci",
      url: "oci://registry.example.com:5000/app",
      ...login(password),
      insecure: true,
      insecure_oci_http: true,
    }),
    read: (password) => ({
      type: "oci",
      ...login(password),
      insecure: true,
      insecureOCIForceHttp: true,
    }),
    using: [
      ({ oci }) => oci,
      (password) => basic(password, { insecure: true, plainHTTP: true }),
    ],
  },
];

testKinds((test) => Deno.test(test), KINDS);
