import { z } from "@hono/zod-openapi";
import { type Fields, open } from "../../fields/field.ts";
import { refusing } from "../../fields/texts.ts";
import { isClusterPattern } from "../../tokens/rights.ts";
import type { GivenTarget } from "../target.ts";
import { Selector } from "./fields.ts";
import { requires } from "./requires.ts";

/**
 * How a request chooses the clusters that it is about, the same for all of them; said once for bodies
 * and once for queries, in which several stand by commas.
 */

const ITEM = "!?[A-Za-z0-9._*-]{1,253}";
const MOST = 1000;

/** Of these with a `*`: each is held against the name of each cluster, while all others wait. */
const MOST_PATTERNS = 64;

const tooManyOf = (items: readonly string[]): string | undefined =>
  items.length > MOST
    ? `must have at most ${MOST} names`
    : items.filter((item) => item.includes("*")).length > MOST_PATTERNS
    ? `must have at most ${MOST_PATTERNS} patterns with '*'`
    : undefined;

const isItem = (item: string) => isClusterPattern(item.replace(/^!/, ""));

const RULE = "must be names of clusters, in which '*' stands for any characters; '!' before one " +
  "excludes it";

/** By commas, between which there may be nothing. */
const ItemsByComma = z.string()
  .transform((given, context) => {
    const items = given.split(",").map((item) => item.trim()).filter((item) => item !== "");
    const wrong = items.every(isItem)
      ? tooManyOf(items)
      : RULE.replace("clusters,", "clusters by commas,");
    if (wrong === undefined) return items;
    context.addIssue({ code: "custom", message: wrong });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    pattern: `^\\s*(${ITEM})?\\s*(,\\s*(${ITEM})?\\s*)*$`,
  });

export const SomeByComma = ItemsByComma
  .refine((items) => items.length > 0, "must name at least one cluster")
  .openapi({ type: "string", pattern: `^(\\s*,)*\\s*${ITEM}\\s*(,\\s*(${ITEM})?\\s*)*$` });

const Items = z.array(z.string().refine(isItem, RULE).openapi({ pattern: `^${ITEM}$` }))
  .min(1, "must name at least one cluster").max(MOST, `must have at most ${MOST} names`)
  .superRefine((items, context) => {
    const message = tooManyOf(items);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const NumberInQuery = z.string().regex(/^[0-9]{1,6}$/, "must be a number, 0 or more")
  .transform(Number)
  .openapi({ type: "integer", minimum: 0, maximum: 999_999, pattern: undefined });

const WHICH = "Clusters by name, or by patterns with `*`";
const ALSO = "`!` before one excludes it; only exclusions mean all other clusters";
const BY_LABELS = "Kubernetes label selector, matched against cluster labels";
const FIRST = "Clusters that go first; all of them must succeed before the others start";
const MAX = "Maximum number of failed clusters; once exceeded, no further cluster is started";

/** Which clusters a query is about. */
export const querySelection = {
  clusters: open(SomeByComma.optional(), WHICH, {
    by: "none",
    also: `comma-separated; ${ALSO}`,
    example: "prod-*,!prod-old",
  }),
  cluster_selector: open(Selector.optional(), BY_LABELS, { by: "none", example: "env=prod" }),
};

/** And in which order and up to where, of a query that changes something. */
export const queryLimits = {
  first: open(SomeByComma.optional(), FIRST, {
    by: "none",
    also: "names and patterns, comma-separated",
    otherwise: "all go at once",
  }),
  max_failures: open(NumberInQuery.optional(), MAX, { by: "none", otherwise: "any number" }),
};

/** Which clusters a body is about. */
export const bodySelection = {
  clusters: open(Items.optional(), WHICH, {
    by: "none",
    also: `\`["*"]\` means all; ${ALSO}`,
    example: ["prod-*", "!prod-old"],
  }),
  cluster_selector: querySelection.cluster_selector,
};

/** As {@link queryLimits}. */
export const bodyLimits = {
  first: open(Items.optional(), FIRST, {
    by: "none",
    also: "names and patterns",
    otherwise: "all go at once",
  }),
  max_failures: open(
    z.int().min(0, "must be 0 or more").max(999_999, "must be smaller").optional(),
    MAX,
    { by: "none", otherwise: "any number" },
  ),
};

const SELECTING = ["clusters", "cluster_selector"] as const;
const LIMITING = ["first", "max_failures"] as const;

/** Where these stand among the fields: behind the single cluster, which may be absent then. */
export function withSelection(fields: Fields, more: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      name === "cluster"
        ? [["cluster", { ...field, schema: field.schema.optional() }], ...Object.entries(more)]
        : [[name, field]]
    ),
  );
}

/**
 * Refuses a single cluster beside a selection. OpenAPI does not say it: of a repository's body, which
 * has so many alternatives anyway, generators of requests make nothing with one more.
 * @param isNeeded whether one of both has to be there: of what writes
 */
export function selecting<Schema extends z.ZodType>(schema: Schema, isNeeded: boolean): Schema {
  const checked = schema.superRefine((given, context) => {
    const { cluster, ...others } = given as GivenTarget;
    const wrong = refusing(context);
    const isSelection = SELECTING.some((name) => others[name] !== undefined);
    for (const name of SELECTING) {
      if (cluster === undefined || others[name] === undefined) continue;
      wrong(name, "contradicts 'cluster'; give one of them");
    }
    for (const name of LIMITING) {
      if (isSelection || others[name] === undefined) continue;
      wrong(name, "is for several clusters, by 'clusters' or 'cluster_selector'");
    }
  });
  if (!isNeeded) return checked;
  return requires(checked, {
    cluster: (given) => ["cluster", ...SELECTING].every((name) => given[name] === undefined),
  });
}
