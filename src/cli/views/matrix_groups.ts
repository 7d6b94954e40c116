import type { CellSecret, MatrixRow } from "../../fleet/matrix/shapes.ts";

/** The secrets in all cells of a row. */
export const secretsInCells = ({ cells }: MatrixRow): readonly CellSecret[] =>
  Object.values(cells).flatMap(({ secrets }) => [...secrets]);

/**
 * What each letter stands for: fingerprints, and user names if only these differ.
 * `A: no credential; B: user name demo-reader, no password`
 */
export function groupsOf(row: MatrixRow): string {
  const byLetter = new Map<string, CellSecret>();
  for (const secret of secretsInCells(row)) {
    const { group } = secret;
    if (group !== undefined && !byLetter.has(group)) byLetter.set(group, secret);
  }
  const groups = [...byLetter].map(([letter, secret]) => ({ letter, secret }));
  return groups
    .sort((a, b) => a.letter.length - b.letter.length || (a.letter < b.letter ? -1 : 1))
    .map(({ letter, secret }) => {
      const isAlone = groups.every((other) =>
        other.letter === letter || valuesOf(other.secret) !== valuesOf(secret)
      );
      return `${letter}: ${isAlone ? valuesOf(secret) || NO_CREDENTIAL : withUser(secret)}`;
    })
    .join("; ");
}

const NO_CREDENTIAL = "no credential";

function valuesOf({ fingerprints = {}, workload_identity }: CellSecret): string {
  const places = Object.entries(fingerprints).map(([place, each]) => `${place}=${each}`).sort();
  return [...places, ...workload_identity ? ["Azure workload identity"] : []].join(" ");
}

function withUser(secret: CellSecret): string {
  const { username, usernames } = secret;
  const values = valuesOf(secret);
  if (usernames !== undefined) {
    const names = Object.entries(usernames).map(([place, name]) => `${place}: ${name}`).sort();
    return `${values} (user names ${names.join(", ")})`;
  }
  if (values === "") {
    return username === undefined ? NO_CREDENTIAL : `user name ${username}, no password`;
  }
  return `${values} (${username === undefined ? "no user name" : `user name ${username}`})`;
}
