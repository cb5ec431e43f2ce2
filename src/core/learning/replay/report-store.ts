import * as path from 'node:path';
import type * as z from 'zod';
import type { BeaverError } from '../../../base/errors.ts';
import { isBeaverError } from '../../../base/errors.ts';
import type { JsonValue } from '../../../base/json.ts';
import type { WorkspaceLayout } from '../../layout.ts';
import type { FileSystem } from '../../ports.ts';
import { readStoredJson } from '../../stored-json.ts';
import { stepPath, type TransactionStep } from '../../skills/transaction-steps.ts';
import { writeStep } from '../../skills/version-plan.ts';
import { type ReplayReport, replayReportSchema } from './replay-report.ts';
import { gradingSchema, type PlannedRun, type RunRecord, type RunTiming } from './run-record.ts';

export const REPORT_FILE = 'replay.json';

/** What is read of a report to show it: a damaged one is a value, so that the draft can still be looked at. */
export type StoredReport =
  | { readonly kind: 'none' }
  | { readonly kind: 'report'; readonly report: ReplayReport }
  | { readonly kind: 'unreadable'; readonly error: BeaverError };

/** The folder `reports/<draft>/`: the report of the last replay, its benchmark and its runs. */
export class ReportStore {
  readonly #files: FileSystem;
  readonly #layout: WorkspaceLayout;

  constructor(files: FileSystem, layout: WorkspaceLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  async read(draftId: string): Promise<StoredReport> {
    try {
      const report = await this.#stored(draftId, REPORT_FILE, 'replay report', replayReportSchema);
      return report === undefined ? { kind: 'none' } : { kind: 'report', report };
    } catch (error) {
      if (!isBeaverError(error)) throw error;
      return { kind: 'unreadable', error };
    }
  }

  /**
   * The finished run of this key, if it is kept. One that is damaged or of other content counts as not there and is made again.
   * @throws BeaverError `schema_newer`: what a newer Beaver wrote is left as it is.
   */
  async run(draftId: string, planned: PlannedRun): Promise<RunRecord | undefined> {
    try {
      const record = await this.#stored(
        draftId,
        `${planned.folder}/grading.json`,
        'graded run',
        gradingSchema,
      );
      return record?.run.run_key === planned.key ? record : undefined;
    } catch (error) {
      if (isBeaverError(error, 'stored_file_unreadable')) return undefined;
      throw error;
    }
  }

  /** Keeps a run. The grading is the last step: with it the run is finished. */
  runSteps(
    draftId: string,
    planned: PlannedRun,
    run: { readonly output: string; readonly timing: RunTiming; readonly record: RunRecord },
  ): readonly TransactionStep[] {
    return [
      this.#textStep(draftId, `${planned.folder}/outputs/answer.md`, run.output),
      this.#jsonStep(draftId, `${planned.folder}/timing.json`, run.timing),
      this.#jsonStep(draftId, `${planned.folder}/grading.json`, run.record),
    ];
  }

  reportSteps(report: ReplayReport, benchmark: object | undefined): readonly TransactionStep[] {
    const { draft_id: id } = report;
    return [
      ...(benchmark === undefined ? [] : [this.#jsonStep(id, 'benchmark.json', benchmark)]),
      this.#jsonStep(id, REPORT_FILE, report),
    ];
  }

  async #stored<T>(
    draftId: string,
    name: string,
    kind: string,
    schema: z.ZodType<T>,
  ): Promise<T | undefined> {
    const file = this.#path(draftId, name);
    return readStoredJson(
      this.#files,
      file,
      this.#layout.display(file),
      { name: kind, schemaVersion: 1 },
      schema,
    );
  }

  #jsonStep(draftId: string, name: string, value: object): TransactionStep {
    return writeStep(this.#layout, this.#path(draftId, name), value as unknown as JsonValue);
  }

  #textStep(draftId: string, name: string, text: string): TransactionStep {
    return { kind: 'write', path: stepPath(this.#layout, this.#path(draftId, name)), text };
  }

  #path(draftId: string, name: string): string {
    return path.join(this.#layout.report(draftId), ...name.split('/'));
  }
}
