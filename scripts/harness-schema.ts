import * as z from 'zod';
import { canonicalJson } from '../src/base/json.ts';
import { contractJsonSchema } from '../src/core/harness/contract-schemas.ts';

/** `docs/harness-contract.schema.json`. */
export function renderHarnessSchema(): string {
  return canonicalJson(z.json().parse(contractJsonSchema()));
}
