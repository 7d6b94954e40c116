import { showSecret } from "../credentials/show_secret.ts";
import { RootShownAnswer, ShownAnswer } from "./answers.ts";
import { Envelope, SeedEnvelope } from "./error_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { Answers, CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { shownAnswer } from "./respond/shown.ts";
import {
  secretFields as fields,
  SecretPath,
  secretQuery,
  secretQueryShape,
} from "./schemas/queries.ts";
import { onEach, targetOf } from "./target.ts";

/** Of names that are another operation's path at the root. */
const TAKEN: Answers = {
  405: json(
    "That is the path of another operation: `GET /api/v1/secrets/verify` shows the secret of that " +
      "name",
    Envelope,
    SeedEnvelope,
  ),
};

export { fields };

export const command: CommandHelp = {
  full:
    "With a name, what is known of that one secret in each namespace; equal fingerprints there " +
    "are equal data, and with -o wide equal credentials, in all the clusters shown together. They " +
    "are by the key in the file of the setting fingerprint-key-file, else by that of the audit log; " +
    "without both they end with this run, and of a server with that.",
  examples: [
    ["test-cluster my-docker-secret -o wide", "One, and all that is known of it"],
    ["--cluster 'prod-*,test-cluster' my-docker-secret", "Whether it is the same in several"],
  ],
  args: [{ field: "name", brief: "One secret, in all namespaces" }],
  letters: { n: "namespace" },
};

export const describe: OperationModule["describe"] = (face) => ({
  about: "The secrets of that name in all namespaces, or in `namespace`.",
  request: {
    params: SecretPath,
    query: secretQueryShape(face),
  },
  answers: {
    200: json(
      "What is there, without its values",
      face === "v1" ? ShownAnswer : RootShownAnswer,
    ),
    ...errors({
      400: "Parameter missing, unknown or invalid",
      404: "No such cluster, or no such secret in it",
      ...CLUSTER_FAILS,
    }),
    ...face === "v1" ? {} : TAKEN,
  },
});

export const take: OperationModule["take"] = ({ face, query, path }) => {
  const { name, namespace, ...which } = parseQuery(query, secretQuery(face), { name: path.name });
  return onEach(targetOf(which, "parameter"), (cluster) => ({
    cluster,
    async run({ store, fingerprint, fingerprintsEnd, settings }) {
      const request = { cluster, name, namespace };
      const shown = await showSecret(request, { ...settings, store, fingerprint });
      return { reply: () => shownAnswer(shown, face, fingerprintsEnd) };
    },
  }));
};
