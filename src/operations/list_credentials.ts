import { filterOf, SOON } from "../fleet/matrix/filter.ts";
import { readColumn } from "../fleet/matrix/read_column.ts";
import { Matrix, MatrixEventLine } from "./matrix_answers.ts";
import { CLUSTER_FAILS, errors, json } from "./openapi/content.ts";
import type { CommandHelp, OperationModule } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { columnAnswer, isWholeColumn, matrixAnswer } from "./respond/matrix.ts";
import { credentialsFields as fields, CredentialsQuery } from "./schemas/credentials.ts";
import { askedSelection } from "./target.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "One row per credential, one column per cluster. Equal letters in a row are equal values and user " +
    "names; `A` is the most frequent value. Rows that are the same everywhere are only counted; `--all` " +
    "shows them.",
  exitCodes: "0: every cluster was read; 3: some clusters were not read; 1: no cluster was read",
  examples: [
    ["", "Show what differs, is missing or has a finding"],
    ["--all --selector env=prod", "Show all credentials of some clusters"],
    [
      "--kind docker --state differs -o wide",
      "Show pull secrets that differ, with their fingerprints",
    ],
  ],
  letters: { q: "q" },
};

export const otherCommands: OperationModule["otherCommands"] = {
  expiring: {
    full:
      "Lists credentials that have expired or expire within a time. The expiry is known from the issuer " +
      "(after `check`), from the value (certificates, JSON Web Tokens), or from `--expires` or the " +
      "annotation argocd-configurer.io/expires. Other credentials have no known expiry and are not listed.",
    exitCodes:
      "0: nothing expires, and every cluster was read; 3: nothing expires, but some clusters were " +
      "not read; 4: some credentials expire or have expired",
    examples: [
      ["", `List what expires within ${SOON}, on all clusters`],
      ["--within 12h --selector env=prod", "List what expires today, on some clusters"],
      ["--within 0d -o wide", "List what has expired, with the exact time and namespaces"],
    ],
    letters: { q: "q" },
    first: ["expires_within"],
    flagNames: { expires_within: "within" },
    defaults: { expires_within: SOON },
  },
};

const ABOUT =
  "One row per credential: a pull secret by its name, a repository by type, URL and project, a template " +
  "by its URL. Each row has a cell for each cluster; a cell is `unknown`, with the reason, if the cluster " +
  "could not be read. Cells with the same letter have equal fingerprints and user names: `A` is the most " +
  "frequent. Filters leave out rows, not clusters. A stream has the column of each cluster as it finishes, " +
  "with all rows of the requested kinds; the client that merges the columns applies the other filters. " +
  "Values are read, fingerprinted and dropped; with `fingerprints=false`, no value is read.";

export const describe: OperationModule["describe"] = () => ({
  about: ABOUT,
  request: { query: CredentialsQuery },
  answers: {
    200: { ...json("All clusters were read completely", Matrix), event: MatrixEventLine },
    207: json(
      "Some clusters were not read completely; `clusters` lists them with the reasons",
      Matrix,
    ),
    ...errors({ 400: "A parameter is missing, unknown or invalid" }),
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
    isWhole: isWholeColumn,
    whole: (entries) => matrixAnswer(entries, { kinds, states, q, owner, expiresBefore }),
  };
};
