import { createRequire } from 'node:module';
import type { IOptions } from 'sanitize-html';
import { plainText } from './plain-text.js';
import { sanitizer } from './sanitizer.js';

type SanitizeHtmlFunction = (dirty: string, options?: IOptions) => string;

const require = createRequire(import.meta.url);

/** Removes white space at both ends. @publicApi */
export const Trim = (): PropertyDecorator => sanitizer((text) => text.trim());

/**
 * Rewrites text to one Unicode normalisation form (UAX #15), so that what looks the same is the same.
 *
 * @publicApi
 */
export const NormalizeUnicode = (form: 'NFC' | 'NFKC' = 'NFC'): PropertyDecorator =>
  sanitizer((text) => text.normalize(form));

/** Removes markup and nothing else: `a < b`, `Tom & Jerry` and a literal `&lt;` stay as they are. @publicApi */
export const PlainText = (): PropertyDecorator => sanitizer(plainText);

/**
 * Keeps harmless HTML only.
 *
 * @param options of the library sanitize-html; by default a short list of text-level elements
 * @publicApi
 */
export function SanitizeHtml(options?: IOptions): PropertyDecorator {
  // Loaded by the first class that asks for it: most applications accept no HTML at all.
  const sanitizeHtml = require('sanitize-html') as SanitizeHtmlFunction;
  return sanitizer((text) => sanitizeHtml(text, options ?? HARMLESS));
}

const HARMLESS: IOptions = {
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
