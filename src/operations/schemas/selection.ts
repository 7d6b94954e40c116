import { z } from "@hono/zod-openapi";
import { type Fields, open } from "../../fields/field.ts";
import { refusing } from "../../fields/texts.ts";
import { isClusterPattern } from "../../tokens/rights.ts";
import type { GivenTarget } from "../target.ts";
import { Selector } from "./fields.ts";
import { requires } from "./requires.ts";

/**
 * How a request selects its clusters, the same for all requests. Bodies have arrays, queries have
 * comma-separated lists.
 */

const ITEM = "!?[A-Za-z0-9._*-]{1,253}";
const MAX_ITEMS = 1000;

/** Maximum number of patterns with `*`: each is matched against each cluster while other requests wait. */
const MAX_PATTERNS = 64;

const tooManyOf = (items: readonly string[]): string | undefined =>
  items.length > MAX_ITEMS
    ? `must have at most ${MAX_ITEMS} names`
    : items.filter((item) => item.includes("*")).length > MAX_PATTERNS
    ? `must have at most ${MAX_PATTERNS} patterns with '*'`
    : undefined;

const isItem = (item: string) => isClusterPattern(item.replace(/^!/, ""));

const RULE = "must be cluster names or patterns with '*'; a leading '!' excludes";

/** Comma-separated items, some of which may be empty. */
const ItemsByComma = z.string()
  .transform((given, context) => {
    const items = given.split(",").map((item) => item.trim()).filter((item) => item !== "");
    const wrong = items.every(isItem)
      ? tooManyOf(items)
      : RULE.replace("must be", "must be comma-separated");
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
  .min(1, "must name at least one cluster").max(MAX_ITEMS, `must have at most ${MAX_ITEMS} names`)
  .superRefine((items, context) => {
    const message = tooManyOf(items);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const NumberInQuery = z.string().regex(/^[0-9]{1,6}$/, "must be a number, 0 or more")
  .transform(Number)
  .openapi({ type: "integer", minimum: 0, maximum: 999_999, pattern: undefined });

const WHICH = "Cluster names or patterns with `*`";
const ALSO = "a leading `!` excludes; exclusions alone select all other clusters";
const BY_LABELS = "Kubernetes label selector, matched against cluster labels";
const FIRST = "Clusters that go first; all of them must succeed before the others start";
const MAX = "Maximum number of failed clusters; once exceeded, no further cluster is started";

/** Fields of a query that select clusters. */
export const querySelection = {
  clusters: open(SomeByComma.optional(), WHICH, {
    by: "none",
    also: `comma-separated; ${ALSO}`,
    example: "prod-*,!prod-old",
  }),
  cluster_selector: open(Selector.optional(), BY_LABELS, { by: "none", example: "env=prod" }),
};

/** Fields of a query that control the rollout of a change: which clusters go first, when to stop. */
export const queryRollout = {
  first: open(SomeByComma.optional(), FIRST, {
    by: "none",
    also: "names and patterns, comma-separated",
    otherwise: "none",
  }),
  max_failures: open(NumberInQuery.optional(), MAX, { by: "none", otherwise: "no limit" }),
};

/** Fields of a body that select clusters. */
export const bodySelection = {
  clusters: open(Items.optional(), WHICH, {
    by: "none",
    also: `\`["*"]\` means all; ${ALSO}`,
    example: ["prod-*", "!prod-old"],
  }),
  cluster_selector: querySelection.cluster_selector,
};

/** Fields of a body that control the rollout, as {@link queryRollout}. */
export const bodyRollout = {
  first: open(Items.optional(), FIRST, {
    by: "none",
    also: "names and patterns",
    otherwise: "none",
  }),
  max_failures: open(
    z.int().min(0, "must be 0 or more").max(999_999, "must be smaller").optional(),
    MAX,
    { by: "none", otherwise: "no limit" },
  ),
};

const SELECTING = ["clusters", "cluster_selector"] as const;
const LIMITING = ["first", "max_failures"] as const;

/** Inserts fields after `cluster`, which becomes optional. */
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
 * Rejects a single cluster together with a selection. OpenAPI does not include this rule: a repository's
 * body has so many alternatives that request generators cannot handle one more.
 * @param isNeeded whether one of both is required, as for writes
 */
export function selecting<Schema extends z.ZodType>(schema: Schema, isNeeded: boolean): Schema {
  const checked = schema.superRefine((given, context) => {
    const { cluster, ...others } = given as GivenTarget;
    const wrong = refusing(context);
    const isSelection = SELECTING.some((name) => others[name] !== undefined);
    for (const name of SELECTING) {
      if (cluster === undefined || others[name] === undefined) continue;
      wrong(name, "cannot be combined with 'cluster'");
    }
    for (const name of LIMITING) {
      if (isSelection || others[name] === undefined) continue;
      wrong(name, "requires 'clusters' or 'cluster_selector'");
    }
  });
  if (!isNeeded) return checked;
  return requires(checked, {
    cluster: (given) => ["cluster", ...SELECTING].every((name) => given[name] === undefined),
  });
}
