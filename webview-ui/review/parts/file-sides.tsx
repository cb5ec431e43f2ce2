import type { JSX } from 'preact';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewFileSide, ViewFileSides } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';

/** Characters of a digest that a person can compare. */
const DIGEST_LENGTH = 12;

/** The three sides of a file that cannot be merged, to choose between. Text is data: it is shown as text and nothing else (invariant 11). */
export function FileSides({
  strings,
  sides,
}: {
  readonly strings: ReviewStrings;
  readonly sides: ViewFileSides;
}): JSX.Element {
  const columns: readonly (readonly [title: string, side: ViewFileSide | null])[] = [
    [strings.sideBase, sides.base],
    [strings.sideLocal, sides.local],
    [strings.sideUpstream, sides.upstream],
  ];
  return (
    <div class="file-sides">
      {columns.map(([title, side]) => (
        <section key={title} class="file-side" aria-label={format(strings.paneLabel, title, sides.path)}>
          <h2 class="pane-title">{title}</h2>
          <p class="hint">
            {side === null
              ? strings.fileNotThere
              : format(strings.fileFacts, side.size, side.digest.slice(0, DIGEST_LENGTH))}
          </p>
          {side === null ? null : side.text === null ? (
            <p class="hint">{strings.fileNoText}</p>
          ) : (
            <pre class="file-side-text" tabIndex={0}>
              {side.text}
            </pre>
          )}
        </section>
      ))}
    </div>
  );
}
