import { ecrHint } from "../material/ecr.ts";
import { passwordHint, usernameHint } from "../material/password.ts";
import type { DockerCredential } from "./docker.ts";
import { hostOfRegistry, registryHints } from "./registry.ts";

/** What the user should know about the logins of a pull secret; each once. */
export function dockerHints(credentials: readonly DockerCredential[]): string[] {
  const registries = credentials.map(({ registry }) => registry);
  return [
    ...new Set([
      ...credentials.flatMap(({ registry, username, password }) =>
        [
          ecrHint(hostOfRegistry(registry), username) ?? [],
          usernameHint(username) ?? [],
          passwordHint(password) ?? [],
        ].flat()
      ),
      ...registryHints(registries),
    ]),
  ];
}
