import type { ActField } from './acts.js';
import { h, labelled, select } from './dom.js';

/** A field of the form, and the members that it adds to the body. */
export interface Field {
  readonly root: HTMLElement;
  read(): object;
}

const ENDS = [
  ['3600000', 'in 1 hour'],
  ['600000', 'in 10 minutes'],
  ['86400000', 'in 1 day'],
  ['604800000', 'in 7 days'],
  ['2592000000', 'in 30 days'],
  ['31500000000', 'in 364 days'],
] as const;

const CODES = [
  ['4403', '4403: it does not come back by itself'],
  ['4401', '4401: it needs a new credential'],
  ['4440', '4440: it authenticates again'],
  ['1012', '1012: it reconnects after a random delay'],
] as const;

export const FIELDS: Readonly<Record<ActField, () => Field>> = {
  'ban-end': () => endField(ENDS),
  'revocation-end': () => endField([['', 'when all credentials have expired'], ...ENDS]),
  code: () => {
    const code = select(CODES);
    return { root: labelled('What the client does then', code), read: () => ({ code: Number(code.value) }) };
  },
  percent: () => {
    const percent = h('input', { type: 'number', min: 1, max: 100, value: 10, required: true });
    return {
      root: labelled('Share of its connections in percent', percent),
      read: () => ({ percent: Number(percent.value) }),
    };
  },
  issuer: () => {
    const issuer = h('input', { autocomplete: 'off', spellcheck: 'false' });
    return {
      root: labelled('Issuer', issuer, 'Empty if the users have none.'),
      read: () => ({ issuer: issuer.value || null }),
    };
  },
};

function endField(ends: readonly (readonly [string, string])[]): Field {
  const end = select(ends);
  return {
    root: labelled('End', end),
    read: () => (end.value === '' ? {} : { until: Date.now() + Number(end.value) }),
  };
}
