import * as z from 'zod';
import { API_VERSION } from './requirements.ts';

export const REPORT_SCHEMA_VERSION = 1;

const severity = z.enum(['error', 'warning', 'info']);
const position = z.int().min(1);

const editSchema = z.object({
  line: position,
  column: position,
  end_line: position,
  end_column: position,
  text: z.string().describe('What stands there afterwards; an insertion where start and end are the same.'),
});

export const preflightFindingSchema = z.object({
  code: z
    .string()
    .regex(/^PF-[A-Z]+-[A-Z0-9-]+$/)
    .describe('Stable for ever; docs/preflight-codes.md lists all.'),
  severity,
  blocking: z.boolean().describe('True when it alone makes the preflight fail.'),
  suppressed: z.boolean().describe('True when --ignore or --baseline names it; it never blocks then.'),
  file: z.string().describe('POSIX, relative to the folder that the preflight ran in.'),
  field: z
    .object({
      pointer: z
        .string()
        .nullable()
        .describe(
          'JSON pointer (RFC 6901) of the field, or /key of a frontmatter; null where no field is to blame.',
        ),
      line: position,
      column: position.describe('In UTF-16 units.'),
      end_line: position,
      end_column: position.describe('Exclusive.'),
    })
    .describe('Where it is. 1:1 when it is about the file as a whole.'),
  message: z.string(),
  next_step: z.string(),
  fix: z.object({ title: z.string(), edits: z.array(editSchema) }).nullable(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .describe('The same for the same finding after lines have moved.'),
});
export type PreflightFinding = z.infer<typeof preflightFindingSchema>;

export const preflightTargetSchema = z.object({
  kind: z.enum(['plugin', 'marketplace']),
  path: z.string().describe('The folder, POSIX, relative to the folder that the preflight ran in.'),
  id: z.string().nullable(),
  name: z.string().nullable(),
  version: z.string().nullable(),
  dialect: z.enum(['beaver', 'agent-plugins', 'claude', 'codex', 'collection']).nullable(),
  skills: z.array(z.string()).describe('Folders of its skills, relative to the plugin.'),
  status: z.enum(['passed', 'failed']),
  findings: z.array(preflightFindingSchema),
});
export type PreflightTarget = z.infer<typeof preflightTargetSchema>;

/** What every surface gets of a preflight: the command line, the editor, CI and the installation. No file content, no absolute path. */
export const preflightReportSchema = z.object({
  schema_version: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.object({ name: z.literal('beaver'), version: z.string(), api_version: z.literal(API_VERSION) }),
  passed: z.boolean(),
  summary: z.object({
    plugins: z.int(),
    failed: z.int(),
    errors: z.int(),
    warnings: z.int(),
    infos: z.int(),
    blocking: z.int(),
    suppressed: z.int(),
  }),
  targets: z.array(preflightTargetSchema),
});
export type PreflightReport = z.infer<typeof preflightReportSchema>;

/** As JSON Schema 2020-12. */
export function preflightReportJsonSchema(): object {
  return { title: 'Beaver preflight report', ...z.toJSONSchema(preflightReportSchema) };
}

/** The report on `targets`, counted. Suppressed findings are in it and count for nothing else. */
export function makeReport(targets: readonly PreflightTarget[], version: string): PreflightReport {
  const all = targets.flatMap(({ findings }) => findings);
  const open = all.filter(({ suppressed }) => !suppressed);
  const plugins = targets.filter(({ kind }) => kind === 'plugin');
  return {
    schema_version: REPORT_SCHEMA_VERSION,
    tool: { name: 'beaver', version, api_version: API_VERSION },
    passed: targets.every(({ status }) => status === 'passed'),
    summary: {
      plugins: plugins.length,
      failed: plugins.filter(({ status }) => status === 'failed').length,
      errors: open.filter((finding) => finding.severity === 'error').length,
      warnings: open.filter((finding) => finding.severity === 'warning').length,
      infos: open.filter((finding) => finding.severity === 'info').length,
      blocking: open.filter(({ blocking }) => blocking).length,
      suppressed: all.length - open.length,
    },
    targets: [...targets],
  };
}
