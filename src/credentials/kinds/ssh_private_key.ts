import { secret } from "../../fields/field.ts";
import { Password } from "../../fields/texts.ts";
import type { Sealed } from "../../log/sealed.ts";
import { canonicalPem } from "../material/canonical.ts";
import { yes } from "../material/validated.ts";
import { checkSshPrivateKey } from "../material/ssh_key.ts";
import { type CredentialKind, example, GIT, key, PEM } from "./credential_kind.ts";

export interface SshPrivateKey {
  readonly kind: "ssh_private_key";
  readonly privateKey: Sealed<string>;
}

/** Why an SSH key is not verified. */
export const NOT_VERIFIED = "the private key is valid; SSH logins are not verified";

const fields = {
  ssh_private_key: secret(
    Password.optional(),
    "SSH private key in OpenSSH or PEM format, without a passphrase (Git)",
    { by: "file" },
  ),
};

export const sshPrivateKey: CredentialKind<SshPrivateKey, typeof fields> = {
  name: "ssh_private_key",
  fields,
  types: ["git"],
  unfit: ({ over }) => over === "ssh" ? undefined : "needs an SSH URL, like git@host:path",
  parse({ ssh_private_key }) {
    const checked = checkSshPrivateKey(ssh_private_key.reveal());
    return checked.ok ? yes({ kind: "ssh_private_key", privateKey: checked.value.text }) : checked;
  },
  keys: {
    sshPrivateKey: key(fields.ssh_private_key, "privateKey", {
      isOwn: true,
      canonical: canonicalPem,
      material: "pem",
    }),
  },
  verifyWith: () => NOT_VERIFIED,
  examples: {
    ssh: example("Git over SSH with a deploy key", {
      ...GIT,
      name: "infra",
      url: "git@github.com:your-org/infra.git",
      ssh_private_key: PEM,
    }),
  },
};
