/** Fills `{0}`, `{1}`, … in; what has no argument stays as it is. */
export function format(template: string, ...args: readonly (string | number)[]): string {
  return template.replace(/\{(\d+)\}/g, (placeholder, digits: string) => {
    const value = args[Number(digits)];
    return value === undefined ? placeholder : String(value);
  });
}
