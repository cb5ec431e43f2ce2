import * as vscode from 'vscode';

/** An ISO time as people here write times; what is none stays as it is. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.valueOf())
    ? iso
    : time.toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
