import type { EmulatedDeployment } from "../../src/emulator/other_groups.ts";
import type { ClusterProbe } from "../../src/kube/probe.ts";
import type { SecretStore } from "../../src/kube/store.ts";
import type { Bystander } from "../support/api_objects.ts";
import type { Canary } from "../support/canary.ts";
import type { Declare } from "../support/declare.ts";
import type { AccountBystander } from "./accounts.ts";

/** A cluster and a store for it, for one test. */
export interface World extends Bystander, AccountBystander {
  readonly store: SecretStore;
  /** A probe of the same cluster. */
  readonly probe: ClusterProbe;
  /** Creates a deployment, as another client would. */
  deploy(deployment: EmulatedDeployment): Promise<void>;
  /** A password. No message of the store may contain it. */
  readonly canary: Canary;
  /** The output of the store and its processes so far, except values of credentials. */
  readonly said: readonly string[];
}

/** A store for a cluster that has to keep the contract. */
export interface Subject<W extends World = World> {
  readonly name: string;
  /** Whether its requirements are missing. */
  readonly ignore: boolean;
  /** Whether its cluster validates manifests as the API server does. */
  readonly judges: boolean;
  run(test: (world: W) => Promise<void>): Promise<void>;
}

/** Declares a test of the contract for one subject. */
export function contractTests(declare: Declare) {
  return <W extends World>(
    subject: Omit<Subject<W>, "judges">,
    sentence: string,
    test: (world: W) => Promise<void>,
  ): void =>
    declare({
      name: `${subject.name}: ${sentence}`,
      ignore: subject.ignore,
      fn: () =>
        subject.run(async (world) => {
          const watched = watch(world);
          await test(watched);
          for (const text of watched.said) world.canary.absentFrom(text, "what the store says");
        }),
    });
}

/** The world with a store whose results and errors are recorded, as a log would show them. */
function watch<W extends World>(world: W): W {
  const answers: string[] = [];
  const note = async <T>(answering: Promise<T>): Promise<T> => {
    try {
      const answer = await answering;
      answers.push(Deno.inspect(answer, { depth: 20, strAbbreviateSize: 1e6 }));
      answers.push(JSON.stringify(answer) ?? "");
      return answer;
    } catch (error) {
      answers.push(Deno.inspect(error, { depth: 20, strAbbreviateSize: 1e6 }));
      throw error;
    }
  };
  const { store } = world;
  return {
    ...world,
    get said() {
      return [...world.said, ...answers];
    },
    store: {
      list: (...asked) => note(store.list(...asked)),
      listData: (...asked) => note(store.listData(...asked)),
      read: (...asked) => note(store.read(...asked)),
      create: (...asked) => note(store.create(...asked)),
      replace: (...asked) => note(store.replace(...asked)),
      remove: (...asked) => note(store.remove(...asked)),
      foreseeRemoval: (...asked) => note(store.foreseeRemoval(...asked)),
      namespaces: (...asked) => note(store.namespaces(...asked)),
      createNamespaces: (...asked) => note(store.createNamespaces(...asked)),
      serviceAccounts: (...asked) => note(store.serviceAccounts(...asked)),
      attach: (...asked) => note(store.attach(...asked)),
      detach: (...asked) => note(store.detach(...asked)),
    },
  };
}
