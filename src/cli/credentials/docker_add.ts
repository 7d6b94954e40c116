import { Failure } from "../failure.ts";
import type { DockerAdded } from "./answers.ts";
import { carryOut, clustersOf, type View } from "./carry_out.ts";
import { itemsOf } from "./items.ts";
import type { ProgramFlags } from "./open_api.ts";
import { loginGiven, type PasswordFlags, passwordOf, usernameOf } from "./password.ts";
import { requireFields } from "./required.ts";
import { SecretInput } from "./secret_input.ts";
import type { DryRun } from "./words.ts";
import { changesOf, objectOf, WRITTEN_COLUMNS, writtenCells } from "./written_rows.ts";

/** Of a registry's credential, or those of several. */
export type RegistryFlags = PasswordFlags & {
  readonly registry?: string;
  /** JSON of several. */
  readonly registriesFile?: string;
};

/** Of everything that writes. */
export type WriteFlags = ProgramFlags & {
  readonly cluster?: readonly string[];
  readonly allClusters?: boolean;
  readonly name?: string;
  readonly upsert?: boolean;
  readonly force?: boolean;
  readonly verify?: boolean;
  readonly dryRun?: DryRun;
};

export type DockerAddFlags = WriteFlags & RegistryFlags & {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: string;
  readonly allNamespaces?: boolean;
  readonly excludeNamespaces?: readonly string[];
  readonly createNamespaces?: boolean;
  readonly serviceAccounts?: readonly string[];
  readonly merge?: boolean;
  readonly gitWriteBack?: boolean;
};

/** Writes a pull secret into namespaces of clusters. */
export async function dockerAdd(flags: DockerAddFlags): Promise<number> {
  const clusters = clustersOf(flags.cluster);
  requireFields({
    ...writeGiven(flags, clusters),
    namespaces: flags.namespaces !== undefined || flags.namespaceSelector !== undefined ||
      flags.allNamespaces === true,
    ...registryGiven(flags),
  });
  const fields = {
    ...await registryFields(flags),
    ...writeFields(flags),
    namespaces: flags.namespaces?.join(","),
    namespace_selector: flags.namespaceSelector,
    all_namespaces: flags.allNamespaces,
    exclude_namespaces: itemsOf(flags.excludeNamespaces),
    create_namespaces: flags.createNamespaces,
    service_accounts: itemsOf(flags.serviceAccounts),
    merge: flags.merge,
    git_write_back: flags.gitWriteBack,
  };
  const view: View = {
    fields: { names: ["cluster", ...Object.keys(fields)] },
    columns: WRITTEN_COLUMNS,
    wideColumns: ["CHANGES"],
    rows({ body }) {
      const answer = body as DockerAdded;
      const { cluster, results, service_accounts = [], namespaces_created = [] } = answer;
      const tried = answer.dry_run ? " (dry run)" : "";
      return [
        ...namespaces_created.map((namespace) => [
          ...writtenCells(cluster, namespace, `namespace/${namespace} created${tried}`),
          undefined,
        ]),
        ...results.map(({ namespace, result }) => [
          ...writtenCells(cluster, namespace, result.output),
          changesOf(result),
        ]),
        ...service_accounts.map(({ namespace, output }) => [
          ...writtenCells(cluster, namespace, output),
          undefined,
        ]),
      ];
    },
    names: ({ body }) => (body as DockerAdded).results.map(({ result }) => objectOf(result.output)),
  };
  return await carryOut(flags, "write", clusters, (cluster) => ({
    method: "POST",
    path: "/docker",
    body: { cluster, ...fields },
  }), view);
}

/** Whether there is what registries' credentials need, by the API's fields. */
export function registryGiven(flags: RegistryFlags): Readonly<Record<string, boolean>> {
  return flags.registriesFile === undefined ? loginGiven(flags) : {};
}

/**
 * What registries' credentials are in a request.
 * @throws {Failure} for what cannot be read, or is not said
 */
export async function registryFields(flags: RegistryFlags, input = new SecretInput()) {
  const { registry } = flags;
  const registries = await registriesOf(flags, input);
  const isWanted = registries === undefined;
  const place = registry ?? "ghcr.io";
  const username = isWanted ? await usernameOf(flags, place) : flags.username;
  const password = await passwordOf({ ...flags, username }, input, place, isWanted);
  return { password, username, registry, registries };
}

/**
 * Several, from the file that has them.
 * @throws {Failure} which quotes nothing of it
 */
export async function registriesOf(
  { registriesFile: file }: RegistryFlags,
  input: SecretInput,
): Promise<unknown> {
  const text = await input.text({ flag: "--registries", file });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`Cannot use --registries-file ${file}: it is not valid JSON`, 2);
  }
}

/**
 * Whether there is what every request to write needs, by the API's fields.
 * @param clusters `undefined` stands for one that was not named
 */
export function writeGiven(
  { name, allClusters }: WriteFlags,
  clusters: readonly (string | undefined)[],
) {
  return {
    cluster: !clusters.includes(undefined) || allClusters === true,
    name: name !== undefined,
  };
}

/** What every request to write has. */
export function writeFields({ name, upsert, force, verify, dryRun }: WriteFlags) {
  return { name, upsert, force, verify, dry_run: dryRun === "server" ? true : undefined };
}
