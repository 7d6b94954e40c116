import { secretStoreContract } from "./contract.ts";
import { KUBECTL_SUBJECTS } from "./kubectl_subjects.ts";

for (const subject of KUBECTL_SUBJECTS) secretStoreContract(subject);
