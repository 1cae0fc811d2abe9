/** A run of marks. A minimum length would be counted again from each mark, which takes quadratic time. */
const RUN = /\p{M}{2,}/gu;
/** Longest run that is normalized without splitting it. */
const LONGEST = 30;
const PART = /([^\u034f]{30})(?=[^\u034f])|([^\u034f]{0,30})\u034f/gu;
/** Characters that NFC may change. Characters below have no marks and do not compose. */
const COMBINING = /[\u0300-\uffff]/;
const SPLIT = '$1$2\u034f';

/**
 * Normalizes text in linear time. Sorting marks takes quadratic time, so longer runs are split as in the Stream-Safe
 * Text Format (UAX #15 §13).
 */
export function normalizeText(text: string, form: 'NFC' | 'NFKC'): string {
  if (!COMBINING.test(text)) return form === 'NFC' ? text : text.normalize(form);
  return text.replace(RUN, split).normalize(form);
}

/** Splits a run by combining grapheme joiners. Existing joiners count too. */
function split(run: string): string {
  return run.length > LONGEST ? run.replace(PART, SPLIT) : run;
}
