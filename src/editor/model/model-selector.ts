/** What the setting `beaver.model` selects; empty selects any model. */
export interface ModelSelector {
  readonly vendor?: string;
  readonly family?: string;
  readonly id?: string;
}

/** Reads `vendor`, `vendor/family` or `vendor/family/id`; an id may have slashes of its own. */
export function modelSelector(setting: string): ModelSelector {
  const [vendor = '', family = '', ...rest] = setting.trim().split('/');
  const id = rest.join('/');
  return {
    ...(vendor === '' ? {} : { vendor }),
    ...(family === '' ? {} : { family }),
    ...(id === '' ? {} : { id }),
  };
}
