import { accountsContract } from "./accounts_contract.ts";
import { createContract } from "./create_contract.ts";
import { dryRunContract } from "./dry_run_contract.ts";
import { listContract } from "./list_contract.ts";
import { listDataContract } from "./list_data_contract.ts";
import { namespacesContract } from "./namespaces_contract.ts";
import { probeContract } from "./probe_contract.ts";
import { queryContract } from "./query_contract.ts";
import { readContract } from "./read_contract.ts";
import { removeContract } from "./remove_contract.ts";
import { replaceContract } from "./replace_contract.ts";
import type { Subject } from "./subject.ts";

/** Every promise of `SecretStore` in src/kube/store.ts, as tests of one subject. */
export function secretStoreContract(subject: Subject): void {
  listContract(subject);
  listDataContract(subject);
  readContract(subject);
  createContract(subject);
  replaceContract(subject);
  removeContract(subject);
  dryRunContract(subject);
  queryContract(subject);
  namespacesContract(subject);
  accountsContract(subject);
  probeContract(subject);
}
