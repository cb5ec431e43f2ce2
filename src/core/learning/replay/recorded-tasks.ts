import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError, type Finding, findingFromError } from '../../../base/errors.ts';
import type { WorkspaceLayout } from '../../layout.ts';
import type { FileSystem } from '../../ports.ts';
import { readStoredJson } from '../../stored-json.ts';
import { evalCase, type EvalCase } from './eval-case.ts';
import { readChecks, type ReadEvals, withExpectedOutput } from './evals-file.ts';

/**
 * `replay/<skill>/<name>.json`: an earlier task of this workspace, kept so that an update can be held against it. Written by whoever
 * records tasks; Beaver only reads it.
 */
export const recordedTaskSchema = z.looseObject({
  schema_version: z.literal(1),
  skill_name: z.string(),
  task_id: z.string().min(1).max(200),
  recorded_at: z.string(),
  /** What was asked, as it was asked. */
  prompt: z.string().min(1).max(200_000),
  /** What the task worked on. */
  files: z.array(z.object({ path: z.string(), text: z.string() })).default([]),
  /** The result that was accepted then, or what one would accept. */
  expected_output: z.string().nullable().default(null),
  /** As in `evals/evals.json`: sentences, or objects with a `type`. */
  expectations: z.array(z.unknown()).default([]),
});

/** Every recorded task of a skill, by file name. What cannot be read becomes a finding (invariant 10). */
export async function readRecordedTasks(
  files: FileSystem,
  layout: WorkspaceLayout,
  skillName: string,
): Promise<ReadEvals> {
  const folder = layout.recordedTasks(skillName);
  const names = ((await files.readDirectory(folder)) ?? [])
    .filter((entry) => entry.kind === 'file' && entry.name.endsWith('.json'))
    .map((entry) => entry.name)
    .sort();
  const cases: EvalCase[] = [];
  const findings: Finding[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const display = layout.display(file);
    try {
      const task = await readStoredJson(
        files,
        file,
        display,
        { name: 'recorded task', schemaVersion: 1 },
        recordedTaskSchema,
      );
      if (task === undefined) continue;
      const { checks } = readChecks(task.expectations);
      cases.push(
        evalCase({
          id: task.task_id,
          name: task.task_id,
          origin: 'recorded',
          prompt: task.prompt,
          expectedOutput: task.expected_output,
          files: task.files,
          checks: withExpectedOutput(checks, task.expected_output),
        }),
      );
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      findings.push(findingFromError(error, display));
    }
  }
  return { cases, findings };
}
