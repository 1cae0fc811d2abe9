/** Marks in a row that normalisation is left to put in order. */
const MAX_RUN = 30;
const LONG_RUN = /\p{M}{31,}/gu;
/** What NFC may change: below this, no character has a mark and none composes. */
const COMBINING = /[\u0300-\uffff]/;
const GRAPHEME_JOINER = '\u034f';

/**
 * One normalisation form, in linear time: putting marks in order takes the square of their number, so longer runs
 * are parted as the Stream-Safe Text Format does (UAX #15 §13).
 */
export function normalizeText(text: string, form: 'NFC' | 'NFKC'): string {
  if (!COMBINING.test(text)) return form === 'NFC' ? text : text.normalize(form);
  return text.replace(LONG_RUN, parted).normalize(form);
}

/** A joiner parts a run, also one that is there already. */
function parted(run: string): string {
  let length = 0;
  let result = '';
  for (const mark of run) {
    if (mark === GRAPHEME_JOINER) length = 0;
    else if (length === MAX_RUN) {
      result += GRAPHEME_JOINER;
      length = 1;
    } else length += 1;
    result += mark;
  }
  return result;
}
