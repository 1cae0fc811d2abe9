import { isInstalled, loadPackage } from '../options/optional-package.cjs';
import { normalizeText } from './normalize-text.js';
import { plainText } from './plain-text.js';
import { type Sanitize, sanitizer } from './sanitizer.js';

/** Allowed HTML. The options are those of the library sanitize-html, which has more. @publicApi */
export interface SanitizeHtmlOptions {
  /** Allowed elements. Of other elements, only the text is kept. */
  allowedTags?: string[];
  /** Allowed attributes by element; `*` stands for all elements. */
  allowedAttributes?: Record<string, string[]>;
  /** Allowed URL schemes of links. */
  allowedSchemes?: string[];
  [option: string]: unknown;
}

type SanitizeHtmlFunction = (dirty: string, options: SanitizeHtmlOptions) => string;

/** Removes white space at both ends. @publicApi */
export const Trim = (): PropertyDecorator => sanitizer({ stage: 'trim', sanitize: (text) => text.trim() });

/**
 * Normalizes text to a Unicode normalization form (UAX #15), so that equal-looking texts are equal. Runs before all
 * other sanitizers; their results are normalized too.
 *
 * @publicApi
 */
export function NormalizeUnicode(form: 'NFC' | 'NFKC' = 'NFC'): PropertyDecorator {
  const sanitize: Sanitize = (text) => normalizeText(text, form);
  return sanitizer({ stage: 'normalize', sanitize }, { stage: 'compose', sanitize });
}

/** Removes markup. `a < b`, `Tom & Jerry` and a literal `&lt;` are kept. @publicApi */
export const PlainText = (): PropertyDecorator => sanitizer({ stage: 'markup', sanitize: plainText });

/**
 * Removes all HTML that is not allowed. It needs the package `sanitize-html`.
 *
 * @param options default: a short list of text-level elements
 * @throws Error if the package is not installed
 * @publicApi
 */
export function SanitizeHtml(options: SanitizeHtmlOptions = HARMLESS): PropertyDecorator {
  // Loaded on first use: most applications accept no HTML.
  if (!isInstalled('sanitize-html'))
    throw new Error('@SanitizeHtml() needs the package sanitize-html; run npm install sanitize-html');
  const sanitizeHtml = loadPackage('sanitize-html') as SanitizeHtmlFunction;
  return sanitizer({ stage: 'markup', sanitize: (text) => sanitizeHtml(text, options), isCostly: true });
}

const HARMLESS: SanitizeHtmlOptions = {
  allowedTags: [
    'a',
    'b',
    'blockquote',
    'br',
    'code',
    'em',
    'i',
    'li',
    'ol',
    'p',
    'pre',
    's',
    'strong',
    'u',
    'ul',
  ],
  allowedAttributes: { a: ['href'] },
  allowedSchemes: ['https', 'http', 'mailto'],
  disallowedTagsMode: 'discard',
};
