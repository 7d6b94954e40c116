import { secretStoreContract } from "./contract.ts";
import { FAKE_SUBJECT } from "./fake_subject.ts";

secretStoreContract(FAKE_SUBJECT);
