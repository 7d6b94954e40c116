import type { Explained, ImageExplained } from "../client/answers.ts";
import { type ImageCandidate, imageColumns, imageNotes } from "./explain_image.ts";
import type { Columns, View } from "./view.ts";

type Candidate = Explained["candidates"][number];
type Row = Candidate | ImageCandidate;
type Way = Pick<Explained, "used" | "repository" | "template" | "failed" | "client">;

const STATES: Readonly<Record<Candidate["state"], string>> = {
  used: "used",
  possible: "possible",
  not_used: "passed over",
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
 * Each secret that is used, or that may have been expected to be, and above them what comes of it: for a
 * repoURL, or for an image.
 */
export const view: View<Explained | ImageExplained, Row> = {
  namesCluster: true,
  columns: (rows) => (areOfImage(rows) ? imageColumns : COLUMNS) as Columns<Row>,
  wide: (rows) => (areOfImage(rows) ? {} : WIDE) as Columns<Row>,
  rows: ({ candidates }) => candidates,
  names: ({ candidates }) => candidates.map(({ namespace, name }) => ({ namespace, name })),
  nothing: () => "No secret matches, and none nearly does",
  notes: (body) => [
    ..."image" in body ? imageNotes(body) : repositoryNotes(body),
    ...body.findings.map(({ code, message, remedy }) =>
      `finding ${code}: ${message}.${remedy === undefined ? "" : ` ${remedy}.`}`
    ),
  ],
};

const areOfImage = (rows: readonly Row[]) => rows.length > 0 && !("kind" in rows[0]!);

function repositoryNotes(body: Explained): string[] {
  const { url, project, argocd_rules: rules, ambiguous, possible = [] } = body;
  const asked = `${url} in project '${project}'`;
  const ways = ambiguous ? possible : [body];
  const hasLogin = body.findings.some(({ code }) => code === "login_in_url");
  const said = new Set(ways.map((way) => saidOf(way, hasLogin)));
  return [
    ...ambiguous
      ? [`Several secrets fit ${asked} equally well: Argo CD picks one of them at random`]
      : [],
    ...[...said].map((text) => `${asked}: ${text} (rules of Argo CD ${rules})`),
    ...ambiguous ? [] : inheritance(body),
  ];
}

const CLIENTS: Readonly<Record<Way["client"], string>> = {
  git: "Git",
  helm: "Helm",
  oci: "the OCI client",
};

function saidOf({ used, failed, repository, client }: Way, hasLogin: boolean): string {
  const whom = CLIENTS[client];
  if (failed !== null) return `Argo CD cannot read secret '${failed.name}', and Applications fail`;
  if (used === null) {
    const whence = repository === null ? "" : ` from repository '${repository.name}'`;
    const own = hasLogin && client === "git" ? ", and uses the login in the URL" : "";
    return `${whom} gets no credential${whence}${own}`;
  }
  const { kind, name, credential, username } = used;
  const user = username === undefined ? "" : ` of user '${username}'`;
  return `${whom} gets the ${credential.replaceAll("_", " ")}${user} from ${kind} '${name}'`;
}

function inheritance({ template, repository, inherited, overwritten }: Explained): string[] {
  if (template === null || repository === null) return [];
  return [
    ...inherited.length === 0
      ? []
      : [`Template '${template.name}' gives ${inherited.join(", ")} to '${repository.name}'`],
    ...overwritten.length === 0
      ? []
      : [`Template '${template.name}' changes ${overwritten.join(", ")} of '${repository.name}'`],
  ];
}
