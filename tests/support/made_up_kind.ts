/** Registers a made-up kind of credential; import it before the modules that load the kinds. */
import { z } from "@hono/zod-openapi";
import { byHttps, type CredentialKind, GIT } from "../../src/credentials/kinds/credential_kind.ts";
import { KINDS } from "../../src/credentials/kinds/kinds.ts";
import { shownText } from "../../src/credentials/kinds/url.ts";
import { no, yes } from "../../src/credentials/material/validated.ts";
import { open, secret, shapeOf } from "../../src/fields/field.ts";
import { Password } from "../../src/fields/texts.ts";
import type { Sealed } from "../../src/log/sealed.ts";

interface MadeUp {
  readonly kind: "made_up";
  readonly account: string;
  readonly token: Sealed<string>;
  readonly service: string;
}

const inside = {
  account: open(z.string(), "An account", { value: "name" }),
  token: secret(Password, "Its token", { by: "file" }),
  service: open(z.string(), "Its service", { by: "none", shown: shownText }),
};

const fields = {
  made_up: open(z.strictObject(shapeOf(inside)).optional(), "A made-up one", { fields: inside }),
};

export const madeUp: CredentialKind<MadeUp, typeof fields> = {
  name: "made_up",
  fields,
  types: ["git"],
  unfit: byHttps,
  parse: ({ made_up }) =>
    made_up.token.reveal().startsWith("bad")
      ? { ...no("must be good"), path: ["made_up", "token"] }
      : yes({ kind: "made_up", ...made_up }),
  hints: ({ account }) => [`Account ${account} is made up`],
  keys: {
    madeUpAccount: { field: inside.account, of: ({ account }) => account },
    madeUpToken: {
      field: inside.token,
      of: ({ token }) => token,
      isOwn: true,
      inTemplates: "madeUpTOKEN",
    },
    madeUpService: { field: inside.service, of: ({ service }) => service },
  },
  verifyWith: ({ account, token }) => ({ username: account, password: token }),
  examples: {
    made_up: {
      summary: "A made-up one",
      value: {
        ...GIT,
        name: "made-up",
        made_up: { account: "robot", token: "your_token", service: "https://service.example.com" },
      },
    },
  },
};

(KINDS as unknown[]).push(madeUp);
