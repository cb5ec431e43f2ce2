import * as vscode from 'vscode';
import manifest from '../../../package.json' with { type: 'json' };
import type { PreflightFinding } from '../../core/install/preflight/report.ts';
import { fixTitle } from '../model/preflight-catalogue.ts';
import { findingText, preflightStatus, type PreflightStatus } from '../model/preflight-view.ts';
import type { Translate } from '../model/translate.ts';
import { preflightDocument, type PreflightRun } from './preflight-run.ts';

/** Everything about the preflight that is not needed before the first document is checked. */
export interface PreflightView {
  check(run: Omit<PreflightRun, 'versions'>): ReturnType<typeof preflightDocument>;
  diagnostic(finding: PreflightFinding): vscode.Diagnostic;
  /** Undefined where there is none, or none at `range`. */
  quickFix(uri: vscode.Uri, finding: PreflightFinding, range: vscode.Range): vscode.CodeAction | undefined;
  status(findings: readonly PreflightFinding[] | undefined): PreflightStatus;
}

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

export function preflightView(t: Translate): PreflightView {
  const english = vscode.env.language.startsWith('en');
  const versions = { beaver: manifest.version, vscode: vscode.version };
  const diagnostic = (finding: PreflightFinding): vscode.Diagnostic => {
    const shown = new vscode.Diagnostic(
      rangeOf(finding.field),
      findingText(finding, english, t),
      SEVERITY[finding.severity],
    );
    shown.source = 'Beaver';
    shown.code = finding.code;
    return shown;
  };
  return {
    check: (run) => preflightDocument({ ...run, versions }),
    diagnostic,
    quickFix: (uri, finding, range) => {
      const title = fixTitle(finding.code, t);
      if (finding.fix === null || title === undefined) return undefined;
      const at = diagnostic(finding);
      if (at.range.intersection(range) === undefined) return undefined;
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.edit = new vscode.WorkspaceEdit();
      for (const edit of finding.fix.edits) action.edit.replace(uri, rangeOf(edit), edit.text);
      action.diagnostics = [at];
      action.isPreferred = finding.fix.edits.length > 0;
      return action;
    },
    status: (findings) => preflightStatus(findings, t),
  };
}

/** Ours begin at one and VS Code's at zero. */
function rangeOf(
  place: PreflightFinding['field'] | { line: number; column: number; end_line: number; end_column: number },
): vscode.Range {
  return new vscode.Range(place.line - 1, place.column - 1, place.end_line - 1, place.end_column - 1);
}
