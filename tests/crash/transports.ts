/** Ways to reach a cluster, as `--transport` names them: each test here runs with each. */
export const TRANSPORTS: readonly string[] = ["kubectl", "api"];
