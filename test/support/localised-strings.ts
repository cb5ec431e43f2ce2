import { globSync, readFileSync } from 'node:fs';
import * as ts from 'typescript';

/**
 * The English sentences that the sources hand to `t(…)`, `host.t(…)` or `vscode.l10n.t(…)`, with the files they are in.
 * Calls with anything but a literal as their first argument are given as `dynamic`: the bundles could not be checked against them.
 */
export function localisedStrings(pattern: string): {
  readonly strings: ReadonlyMap<string, string>;
  readonly dynamic: readonly string[];
} {
  const strings = new Map<string, string>();
  const dynamic: string[] = [];
  for (const file of globSync(pattern)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isTranslate(node.expression)) {
        const [message] = node.arguments;
        if (message !== undefined && ts.isStringLiteralLike(message)) strings.set(message.text, file);
        else if (message === undefined || !ts.isIdentifier(message))
          dynamic.push(`${file}: ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { strings, dynamic };
}

function isTranslate(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 't';
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 't';
}
