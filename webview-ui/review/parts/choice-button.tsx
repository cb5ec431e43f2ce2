import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.tsx';

/** A button of the bar of the current chunk, with the key that does the same. `chosen` undefined: it is no choice that can be on. */
export function ChoiceButton({
  name,
  keys,
  icon,
  chosen,
  disabled,
  act,
  children,
}: {
  /** In full; what it shows may be shorter. */
  readonly name: string;
  readonly keys: string;
  /** Beside the words; a choice that is on has a check mark in its place. */
  readonly icon?: IconName;
  readonly chosen?: boolean;
  readonly disabled: boolean;
  readonly act: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const shown = icon ?? (chosen === true ? 'check' : undefined);
  return (
    <button
      type="button"
      class="button choice"
      aria-pressed={chosen}
      aria-label={name}
      aria-keyshortcuts={keys}
      title={`${name} (${keys})`}
      disabled={disabled}
      onClick={act}
    >
      {shown === undefined ? null : <Icon name={shown} />}
      {children}
    </button>
  );
}
