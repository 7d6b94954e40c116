import { example, type Examples, TOKEN } from "../credentials/kinds/credential_kind.ts";

/** Examples of request bodies for `POST /rotations`. */
export const ROTATION_EXAMPLES: Examples = {
  value: example("A token, on one cluster first", {
    find: { password: "your_old_token" },
    set: { password: TOKEN },
    clusters: ["test-*"],
    first: ["test-cluster"],
  }),
  fingerprint: example(
    "The value of a fingerprint from GET /api/v1/credentials, whoever wrote it",
    {
      find: { fingerprint: "5b0c8f2e5b0c8f2e" },
      set: { password: TOKEN },
      clusters: ["*"],
      managed_only: false,
      everywhere: true,
      dry_run: true,
    },
  ),
  registry: example("The login of a registry, with another user name", {
    find: { registry: "ghcr.io", username: "your_username" },
    set: { username: "another_username", password: TOKEN },
    cluster_selector: "env=test",
    expires: "2027-01-31",
  }),
};
