import * as z from 'zod';
import { surfaceKinds } from '../core/install/package-contents.ts';
import { preflightFindingSchema } from '../core/install/preflight/report.ts';

/** What is told of a package before it is installed, and of one that is: no path of this machine (invariant 9). */

const contentPayload = z.object({ version: z.string().nullable(), identity: z.string() });

/** Something by which a package can act, and not only be read. */
export const surfacePayload = z.object({ kind: z.enum(surfaceKinds), value: z.string() });
export type SurfacePayload = z.infer<typeof surfacePayload>;

export const versionsPayload = z.object({
  versions: z.object({
    id: z.string(),
    name: z.string(),
    source: z.string(),
    /** What is had without a pin of its own; null where the source names nothing that exists. */
    head: contentPayload.nullable(),
    /** What the marketplace holds its plugins to. */
    default_pin: z.string().nullable(),
    /** What can be chosen, highest version first, those without a version last. */
    offers: z.array(contentPayload.extend({ tags: z.array(z.string()) })),
  }),
});
export type VersionsPayload = z.infer<typeof versionsPayload>;

export const lookPayload = z.object({
  look: contentPayload.extend({
    id: z.string(),
    /** As the plugin calls itself. */
    name: z.string(),
    marketplace: z.string().nullable(),
    source: z.string(),
    skills: z.array(z.string()),
    surface: z.array(surfacePayload),
    dependencies: z.array(z.object({ name: z.string(), range: z.string().nullable() })),
    preflight: z.object({ passed: z.boolean(), findings: z.array(preflightFindingSchema) }),
    /** What is in use now; null where the plugin is not installed. */
    before: contentPayload.extend({ surface: z.array(surfacePayload) }).nullable(),
    /** Text files that differ from what is in use, sorted; null on the side where there is none. Empty where the plugin is not installed. */
    changes: z.array(
      z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
  }),
});
export type LookPayload = z.infer<typeof lookPayload>;

export const contentsPayload = z.object({
  contents: z.object({ id: z.string(), skills: z.array(z.string()), surface: z.array(surfacePayload) }),
});
export type ContentsPayload = z.infer<typeof contentsPayload>;
