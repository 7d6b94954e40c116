import type { Verified, VerifiedAll } from "./answers.ts";
import { carryOut, type View } from "./carry_out.ts";
import { registriesOf, registryFields, type RegistryFlags, registryGiven } from "./docker_add.ts";
import type { ProgramFlags } from "./open_api.ts";
import { repoFields, type RepoFlags, repoGiven } from "./repo_credential.ts";
import { requireFields } from "./required.ts";
import { SecretInput } from "./secret_input.ts";
import { verdictOf } from "./told.ts";

export type VerifyFlags = ProgramFlags & RegistryFlags & RepoFlags & {
  /** Of a repository; absent for a registry's pull credential. */
  readonly type?: "git" | "helm" | "oci";
};

/** Tries a credential where it would be used, and writes nothing. */
export async function verify(flags: VerifyFlags): Promise<number> {
  const body = await fieldsOf(flags);
  const view: View = {
    fields: { names: Object.keys(body) },
    columns: ["AT", "RESULT", "MAY", "MESSAGE"],
    wideColumns: ["EXPIRES", "ASKED"],
    rows: (answer) => ((answer.body as VerifiedAll).verified ?? []).map(cellsOf),
    names: () => [],
    showsVerified: true,
  };
  const request = { method: "POST", path: "/verifications", body } as const;
  return await carryOut(flags, "read", [undefined], () => request, view);
}

/**
 * What is of no use for what is verified is sent all the same, so that the API says so.
 * @throws {Failure} when something is missing, or cannot be read
 */
async function fieldsOf(flags: VerifyFlags): Promise<Record<string, unknown>> {
  const { type, registry } = flags;
  requireFields(type === undefined ? registryGiven(flags) : repoGiven(flags));
  const input = new SecretInput();
  if (type === undefined) {
    return { ...await repoFields(notLogin(flags), input), ...await registryFields(flags, input) };
  }
  const registries = await registriesOf(flags, input);
  return { type, ...await repoFields(flags, input), registry, registries };
}

/** User and password are the registry's. */
function notLogin(flags: RepoFlags): RepoFlags {
  const { username: _, passwordStdin: __, passwordFile: ___, ...others } = flags;
  return others;
}

function cellsOf(verified: Verified): (string | undefined)[] {
  const { at, may = [], message, expires, asked } = verified;
  return [at, verdictOf(verified), may.join(", "), message, expires, asked];
}
