import type { JSX } from 'preact';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewFile, ViewFileChoice, ViewFileSource } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';
import { FileSides } from './file-sides.tsx';
import type { ReviewStore } from '../review-store.ts';
import { takeSideWords } from './take-words.ts';

/** A supporting file that is settled as a whole. */
export function FileChoice({
  store,
  file,
}: {
  readonly store: ReviewStore;
  readonly file: ViewFile;
}): JSX.Element {
  const { strings } = store;
  const sides = store.wholeFiles.value.find(({ path }) => path === file.path);
  return (
    <form
      class="file-choice"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <fieldset disabled={!store.writable || store.calls.busy.value !== undefined}>
        <legend>{format(strings.fileChoiceTitle, file.path)}</legend>
        <p class="file-choice-state">
          {sourceWords(strings, file.source)}
          {file.reason === '' ? '' : `: ${file.reason}`}
        </p>
        {file.choices.map((choice) => (
          <label key={choice} class="file-choice-option">
            <input
              type="radio"
              name="file-choice"
              value={choice}
              checked={file.source === choice}
              onChange={() => void store.chooseFile(file.path, choice)}
            />
            {choiceWords(strings, choice)}
          </label>
        ))}
        <p class="hint">{strings.fileChoiceHint}</p>
      </fieldset>
      {sides === undefined ? null : <FileSides strings={strings} sides={sides} />}
    </form>
  );
}

function choiceWords(strings: ReviewStrings, choice: ViewFileChoice): string {
  return choice === 'removed' ? strings.fileRemoved : takeSideWords(strings, choice);
}

export function sourceWords(strings: ReviewStrings, source: ViewFileSource): string {
  switch (source) {
    case 'base':
      return strings.sourceBase;
    case 'local':
      return strings.sourceLocal;
    case 'upstream':
      return strings.sourceUpstream;
    case 'merged':
      return strings.sourceMerged;
    case 'resolved':
      return strings.sourceResolved;
    case 'conflict':
      return strings.sourceConflict;
    case 'removed':
      return strings.sourceRemoved;
  }
}
