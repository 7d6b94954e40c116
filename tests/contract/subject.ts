import type { EmulatedDeployment } from "../../src/emulator/other_groups.ts";
import type { ClusterProbe } from "../../src/kube/probe.ts";
import type { SecretStore } from "../../src/kube/store.ts";
import type { Bystander } from "../support/api_objects.ts";
import type { Canary } from "../support/canary.ts";
import type { Declare } from "../support/declare.ts";
import type { AccountBystander } from "./accounts.ts";

/** One cluster with a store for it, for one test. */
export interface World extends Bystander, AccountBystander {
  readonly store: SecretStore;
  /** Of the same cluster. */
  readonly probe: ClusterProbe;
  /** Puts a deployment there as somebody else would. */
  deploy(deployment: EmulatedDeployment): Promise<void>;
  /** A password; the harness looks for it in all that the store says. */
  readonly canary: Canary;
  /** What the store and what it runs have said so far, values of credentials excepted. */
  readonly said: readonly string[];
}

/** A store over some cluster, held to the contract. */
export interface Subject<W extends World = World> {
  readonly name: string;
  /** Whether what it needs is not there. */
  readonly ignore: boolean;
  /** Whether its cluster judges manifests as the API server does. */
  readonly judges: boolean;
  run(test: (world: W) => Promise<void>): Promise<void>;
}

/** What declares a test of the contract for one subject. */
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

/** The world with a store whose answers and errors are noted, as a log would show them. */
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
