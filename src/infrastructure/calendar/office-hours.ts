import { scalar } from '../../domain/kernel/codec.js';

/** When offices are open on a working day: `08:30-17:15` in Japan's time, closed from the second on. */
export type OfficeHours = string & { readonly OfficeHours: unique symbol };

const shape = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

export const OfficeHours = scalar<OfficeHours>(
  'hours such as 08:30-17:15, the first before the second',
  { type: 'string', pattern: shape.source },
  (u) => typeof u === 'string' && shape.test(u) && u.slice(0, 5) < u.slice(6),
);

/** Most cities' hours. */
export const usualHours = '08:30-17:15' as OfficeHours;

/** Opening and closing in milliseconds after midnight. */
export const spanOf = (hours: OfficeHours): readonly [opens: number, closes: number] => {
  const [opens, closes] = hours.split('-');
  return [Date.parse(`1970-01-01T${opens}Z`), Date.parse(`1970-01-01T${closes}Z`)];
};
