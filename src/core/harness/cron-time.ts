const FIELDS = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12 },
  { from: 0, to: 7 },
] as const;
const PART = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/;
const MINUTE = 60_000;
/** A date that comes once in four years is found; one that never comes is not looked for longer. */
const FARTHEST = 5 * 366 * 24 * 60 * MINUTE;

/**
 * The first time after `after` (milliseconds) that a schedule of five fields names, in the time of this machine. Undefined for what is no
 * such schedule, or never comes.
 */
export function nextCronTime(schedule: string, after: number): number | undefined {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return undefined;
  const sets = fields.map((field, index) => valuesOf(field, FIELDS[index] ?? FIELDS[0]));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  // As cron reads it: where both days are named, either will do.
  const either = fields[2] !== '*' && fields[4] !== '*';
  const isDay = (date: Date): boolean => {
    const ofMonth = days.has(date.getDate());
    const ofWeek = weekdays.has(date.getDay()) || (date.getDay() === 0 && weekdays.has(7));
    return either ? ofMonth || ofWeek : ofMonth && ofWeek;
  };
  const at = new Date(after - (after % MINUTE) + MINUTE);
  while (at.getTime() - after < FARTHEST) {
    if (!months.has(at.getMonth() + 1) || !isDay(at)) at.setHours(24, 0, 0, 0);
    else if (!hours.has(at.getHours())) at.setTime(at.getTime() + (60 - at.getMinutes()) * MINUTE);
    else if (!minutes.has(at.getMinutes())) at.setTime(at.getTime() + MINUTE);
    else return at.getTime();
  }
  return undefined;
}

/** Undefined for what is no field of a schedule. */
function valuesOf(
  field: string,
  { from, to }: { from: number; to: number },
): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const found = PART.exec(part);
    if (found === null) return undefined;
    const [, first, last, step] = found;
    const start = first === undefined ? from : Number(first);
    const end = last === undefined ? (first === undefined || step !== undefined ? to : start) : Number(last);
    const by = step === undefined ? 1 : Number(step);
    if (start < from || end > to || start > end || by === 0) return undefined;
    for (let value = start; value <= end; value += by) values.add(value);
  }
  return values;
}
