/** Marks in a row: found however long they are, as a least length would be counted anew from each mark. */
const RUN = /\p{M}{2,}/gu;
/** Normalisation is left to put thirty marks in a row in order. */
const LONGEST = 30;
const PART = /([^\u034f]{30})(?=[^\u034f])|([^\u034f]{0,30})\u034f/gu;
/** What NFC may change: below this, no character has a mark and none composes. */
const COMBINING = /[\u0300-\uffff]/;
const PARTED = '$1$2\u034f';

/**
 * One normalisation form, in linear time: putting marks in order takes the square of their number, so longer runs
 * are parted as the Stream-Safe Text Format does (UAX #15 §13).
 */
export function normalizeText(text: string, form: 'NFC' | 'NFKC'): string {
  if (!COMBINING.test(text)) return form === 'NFC' ? text : text.normalize(form);
  return text.replace(RUN, parted).normalize(form);
}

/** A joiner parts a run, also one that is there already. */
function parted(run: string): string {
  return run.length > LONGEST ? run.replace(PART, PARTED) : run;
}
