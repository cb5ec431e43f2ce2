import * as z from 'zod';
import { adapterSchema } from './adapters/adapter.ts';
import { quiescenceSchema } from './blocker.ts';
import { controlMessageSchema } from './control-message.ts';
import { envelopeSchema } from './envelope.ts';
import { jobSchema } from './job.ts';
import { manifestSchema } from './manifest.ts';
import { restartIntentSchema } from './restart-intent.ts';
import { sessionRecordSchema } from './session-record.ts';
import { harnessSourceSchema } from './source.ts';
import { harnessStateSchema, receiptSchema } from './state.ts';
import { trustRootSchema } from './trust-root.ts';
import { updatePolicySchema } from './update-policy.ts';

/** Every schema of the harness contract, by the name that its JSON Schema is published under. */
export const CONTRACT_SCHEMAS = {
  signed_document: envelopeSchema,
  trust_root: trustRootSchema,
  manifest: manifestSchema,
  source: harnessSourceSchema,
  state: harnessStateSchema,
  receipt: receiptSchema,
  restart_intent: restartIntentSchema,
  job: jobSchema,
  session_record: sessionRecordSchema,
  quiescence: quiescenceSchema,
  control_message: controlMessageSchema,
  harness_adapter: adapterSchema,
  update_policy: updatePolicySchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** `docs/harness-contract.schema.json`: one document with a definition for each. */
export function contractJsonSchema(): Readonly<Record<string, unknown>> {
  const $defs = Object.fromEntries(
    Object.entries(CONTRACT_SCHEMAS).map(([name, schema]) => [
      name,
      Object.fromEntries(Object.entries(z.toJSONSchema(schema)).filter(([key]) => key !== '$schema')),
    ]),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Files and messages of the harness contract',
    $defs,
  };
}
