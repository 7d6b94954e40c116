import type { ExplainedBody, ImageExplainedBody } from "../client/answers.ts";
import { type ImageCandidate, imageColumns, imageNotes } from "./explain_image.ts";
import type { Columns, View } from "./view.ts";

type Candidate = ExplainedBody["candidates"][number];
type Row = Candidate | ImageCandidate;
type Use = Pick<ExplainedBody, "used" | "repository" | "template" | "failed" | "client">;

const STATES: Readonly<Record<Candidate["state"], string>> = {
  used: "used",
  possible: "possible",
  not_used: "skipped",
};

const COLUMNS: Columns<Candidate> = {
  RESULT: ({ state }) => STATES[state],
  KIND: ({ kind }) => kind,
  NAME: ({ name }) => name,
  URL: ({ url }) => url,
  WHY: ({ why }) => why,
};

const WIDE: Columns<Candidate> = {
  NAMESPACE: ({ namespace }) => namespace,
  PROJECT: ({ project }) => project,
};

/**
 * Explains a repoURL or an image: a row per secret that is used, or that a user could expect to be, and the
 * result as a note.
 */
export const view: View<ExplainedBody | ImageExplainedBody, Row> = {
  namesCluster: true,
  columns: (rows) => (areOfImage(rows) ? imageColumns : COLUMNS) as Columns<Row>,
  wide: (rows) => (areOfImage(rows) ? {} : WIDE) as Columns<Row>,
  rows: ({ candidates }) => candidates,
  names: ({ candidates }) => candidates.map(({ namespace, name }) => ({ namespace, name })),
  nothing: () => "No secret matches or nearly matches",
  notes: (body) => [
    ..."image" in body ? imageNotes(body) : repositoryNotes(body),
    ...body.findings.map(({ code, message, remedy }) =>
      `finding ${code}: ${message}.${remedy === undefined ? "" : ` ${remedy}.`}`
    ),
  ],
};

const areOfImage = (rows: readonly Row[]) => rows.length > 0 && !("kind" in rows[0]!);

function repositoryNotes(body: ExplainedBody): string[] {
  const { url, project, argocd_rules: rules, ambiguous, possible = [] } = body;
  const subject = `${url} in project '${project}'`;
  const uses = ambiguous ? possible : [body];
  const hasLogin = body.findings.some(({ code }) => code === "login_in_url");
  const results = new Set(uses.map((use) => resultOf(use, hasLogin)));
  return [
    ...ambiguous
      ? [`Several secrets match ${subject} equally well. Argo CD uses one of them at random`]
      : [],
    ...[...results].map((text) => `${subject}: ${text} (rules of Argo CD ${rules})`),
    ...ambiguous ? [] : inheritance(body),
  ];
}

const CLIENTS: Readonly<Record<Use["client"], string>> = {
  git: "Git",
  helm: "Helm",
  oci: "the OCI client",
};

function resultOf({ used, failed, repository, client }: Use, hasLogin: boolean): string {
  const user = CLIENTS[client];
  if (failed !== null) return `Argo CD cannot read secret '${failed.name}', so Applications fail`;
  if (used === null) {
    const own = hasLogin && client === "git" ? " but the login in the URL" : "";
    const of = repository === null ? "" : `: repository '${repository.name}' provides none`;
    return `${user} sends no credential${own}${of}`;
  }
  const { kind, name, credential, username } = used;
  const of = username === undefined ? "" : ` of user '${username}'`;
  return `${user} uses the ${credential.replaceAll("_", " ")}${of} from ${kind} '${name}'`;
}

function inheritance({ template, repository, inherited, overwritten }: ExplainedBody): string[] {
  if (template === null || repository === null) return [];
  return [
    ...inherited.length === 0 ? [] : [
      `Repository '${repository.name}' inherits ${
        inherited.join(", ")
      } from template '${template.name}'`,
    ],
    ...overwritten.length === 0 ? [] : [
      `Template '${template.name}' overrides ${
        overwritten.join(", ")
      } of repository '${repository.name}'`,
    ],
  ];
}
