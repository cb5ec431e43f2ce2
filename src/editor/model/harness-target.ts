import * as z from 'zod';

const targetSchema = z.looseObject({
  harness: z.string().optional(),
  version: z.union([z.string(), z.looseObject({ version: z.string() })]).optional(),
  ignored: z.looseObject({ version: z.string() }).optional(),
});

export interface HarnessTarget {
  readonly harness?: string;
  readonly version?: string;
}

/** What a command of the Harness view is about: a row of its tree, or an object with the same names. Anything else is about nothing yet. */
export function readHarnessTarget(argument: unknown): HarnessTarget {
  const read = targetSchema.safeParse(argument);
  if (!read.success) return {};
  const { harness, version, ignored } = read.data;
  const named = ignored?.version ?? (typeof version === 'string' ? version : version?.version);
  return {
    ...(harness === undefined ? {} : { harness }),
    ...(named === undefined ? {} : { version: named }),
  };
}
