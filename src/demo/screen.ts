/** What the demo prints: at most 20 lines of 80 columns, so that it fits any terminal. */
export interface DemoScreen {
  /** `eight`, `twelve` */
  readonly count: string;
  /** Requests with curl, of one or more lines each. */
  readonly requests: readonly string[];
  /** Commands of the command line. */
  readonly commands: readonly string[];
  /** The document to go on with. */
  readonly next: string;
}

/**
 * @param log path of the log file
 * @param isBuilt whether this is the compiled program, which the commands assume
 */
export function screenText(
  { count, requests, commands, next }: DemoScreen,
  url: string,
  log: string,
  isBuilt: boolean,
): string {
  const alias = `alias argocd-configurer='npx -y deno@${Deno.version.deno} run -A main.ts'`;
  const lines = [
    `argocd-configurer demo: ${count} emulated clusters on ${url}`,
    "",
    "Requests:",
    ...requests.flatMap((each) => each.replaceAll("URL", url).split("\n")).map(indented),
    "",
    "Commands, in another terminal:",
    ...[
      ...isBuilt ? [] : [alias],
      `export ARGOCD_CONFIGURER_SERVER=${url}`,
      ...commands,
    ].map(indented),
    "",
    `Next:  ${next}`,
    `Log:   ${log}`,
    "Stop:  Ctrl-C. The clusters are emulated, and nothing in them is kept.",
  ];
  return lines.map((line) => line + "\n").join("");
}

const indented = (line: string) => `  ${line}`;

/** The value that is stored in places that are easily overlooked, found by its value. */
const find = (password: string) =>
  `printf %s ${password} | argocd-configurer find --password-stdin --everywhere`;

export const EIGHT_SCREEN: DemoScreen = {
  count: "eight",
  requests: [
    "curl URL/clusters",
    'curl "URL/secrets?cluster=test-cluster"',
    `curl URL/secrets/add_docker \\
  -H "Content-Type: application/json" -d '{"cluster_name": "test-cluster",
  "name": "my-docker-secret", "namespaces": "kube-system,default",
  "username": "demo-user", "password": "demo-token"}'`,
  ],
  commands: [
    "argocd-configurer fleet",
    "argocd-configurer explain us-prod https://github.com/example-shop/deploy.git",
    find("demo-password"),
  ],
  next: "docs/quickstart.md",
};

export const TWELVE_SCREEN: DemoScreen = {
  count: "twelve",
  requests: [
    "curl URL/clusters",
    'curl "URL/api/v1/credentials?cluster_selector=env%3Dstage"',
    `curl URL/api/v1/credentials/find \\
  -H "Content-Type: application/json" \\
  -d '{"password": "demo-ci-token", "everywhere": true}'`,
  ],
  commands: [
    "argocd-configurer expiring --within 30d",
    "argocd-configurer check --selector env=stage",
    find("demo-ci-token"),
  ],
  next: "docs/rotate.md",
};
