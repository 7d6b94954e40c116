import { showSecret } from "../credentials/show_secret.ts";
import { RootShownAnswer, ShownAnswer } from "./secret_answers.ts";
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

/** For a name that is the path of another operation at the root. */
const TAKEN: Answers = {
  405: json(
    "This is the path of another operation; `GET /api/v1/secrets/verify` shows the secret of that name",
    Envelope,
    SeedEnvelope,
  ),
};

export { fields };

export const command: CommandHelp = {
  full:
    "With a name, shows the details of that secret in each namespace. Equal fingerprints mean equal " +
    "data, and with -o wide equal credentials, across all clusters shown. Fingerprints use the key of " +
    "the setting fingerprint-key-file, or the key of the audit log. Without either, they can be " +
    "compared only within this run, or until the server stops.",
  examples: [
    ["test-cluster my-docker-secret -o wide", "Show all details of one secret"],
    [
      "--cluster 'prod-*,test-cluster' my-docker-secret",
      "Compare one secret on several clusters",
    ],
  ],
  args: [{ field: "name", brief: "Name of a secret, shown for all namespaces" }],
  letters: { n: "namespace" },
};

export const describe: OperationModule["describe"] = (face) => ({
  about: "The secrets of this name in all namespaces, or in `namespace`.",
  request: {
    params: SecretPath,
    query: secretQueryShape(face),
  },
  answers: {
    200: json(
      "The secrets, without their values",
      face === "v1" ? ShownAnswer : RootShownAnswer,
    ),
    ...errors({
      400: "A parameter is missing, unknown or invalid",
      404: "The cluster or the secret does not exist",
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
