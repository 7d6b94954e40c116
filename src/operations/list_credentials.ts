import { filterOf, SOON } from "../fleet/matrix/filter.ts";
import { readColumn } from "../fleet/matrix/read_column.ts";
import { Matrix, MatrixEventLine } from "./matrix_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { columnAnswer, matrixAnswer } from "./respond/matrix.ts";
import { credentialsFields as fields, CredentialsQuery } from "./schemas/credentials.ts";
import { askedSelection } from "./target.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "One row per credential, one column per cluster. A letter stands for what a cluster holds: equal " +
    "letters in a row are equal values and user names, `A` is the most frequent one. Rows that are the " +
    "same everywhere are counted; `--all` shows them.",
  exitCodes: "0: every cluster was seen; 3: some were not; 1: none was",
  examples: [
    ["", "What differs, is missing or has a finding"],
    ["--all --selector env=prod", "All credentials of some clusters"],
    [
      "--kind docker --state differs -o wide",
      "Pull secrets that are not the same, with fingerprints",
    ],
  ],
  letters: { q: "q" },
};

export const otherCommands: OperationModule["otherCommands"] = {
  expiring: {
    full:
      "What has expired, and what will within a time. An expiry is known from the issuer, when `check` has " +
      "asked it, from the value (certificates, JSON Web Tokens), or because it was declared by `--expires` " +
      "or the annotation argocd-configurer.io/expires. Of other credentials nobody knows.",
    exitCodes:
      "0: nothing expires, and every cluster was seen; 3: nothing was found, and some were not " +
      "seen; 4: something expires",
    examples: [
      ["", `What expires within ${SOON}, on all clusters`],
      ["--within 12h --selector env=prod", "What expires today, on some clusters"],
      ["--within 0d -o wide", "What has expired, with the exact time and namespaces"],
    ],
    letters: { q: "q" },
    first: ["expires_within"],
    flagNames: { expires_within: "within" },
    defaults: { expires_within: SOON },
  },
};

const ABOUT =
  "One row per credential: a pull secret by its name, a repository by type, URL and project, a template " +
  "by its URL. Each has a cell for each cluster, `unknown` with the reason where it could not be seen. " +
  "Cells with the same letter have equal fingerprints and user names: `A` is what most clusters hold. " +
  "Filters leave out rows, not clusters. A stream has each cluster's column as it ends, with all rows of the " +
  "asked kinds; the other filters are for who merges them. Values are read, fingerprinted and dropped; " +
  "with `fingerprints=false` none is read.";

export const describe: OperationModule["describe"] = () => ({
  about: ABOUT,
  request: { query: CredentialsQuery },
  answers: {
    200: { ...json("All clusters were seen", Matrix), event: MatrixEventLine },
    207: json("Some of them were, and `clusters` says why the others were not", Matrix),
    ...errors({ 400: "Parameter missing, unknown or invalid" }),
    ...errors(CLUSTER_FAILS, Matrix),
  },
});

export const take: OperationModule["take"] = ({ query }) => {
  const { kind: kinds, everywhere, fingerprints, ...asked } = parseQuery(query, CredentialsQuery);
  const { state: states, q, owner, expires_within, ...which } = asked;
  const { expiresBefore } = filterOf({ expires_within });
  return {
    selection: askedSelection(which, "parameter"),
    of: (cluster) => ({
      cluster,
      async run({ store, settings, fingerprint, fingerprintsEnd, checks }) {
        const request = { everywhere, fingerprints, kinds };
        const { seconds } = settings;
        const issuerExpiry = (each: string) => checks.expiryOf(each);
        const values = { fingerprint, issuerExpiry, checks, fingerprintsEnd };
        const deps = { store, settings, seconds, ...values };
        const read = await readColumn(cluster, request, deps);
        return { reply: () => columnAnswer(read) };
      },
    }),
    whole: (entries) => matrixAnswer(entries, { kinds, states, q, owner, expiresBefore }),
  };
};
