import { createRequire } from 'node:module';
import { normalizeText } from './normalize-text.js';
import { plainText } from './plain-text.js';
import { type Sanitize, sanitizer } from './sanitizer.js';

/** What HTML may stay; the names are those of the library sanitize-html, which takes more. @publicApi */
export interface SanitizeHtmlOptions {
  /** Elements that stay; the text of others stays without them. */
  allowedTags?: string[];
  /** Attributes that stay, by element; `*` for all of them. */
  allowedAttributes?: Record<string, string[]>;
  /** URL schemes that links may have. */
  allowedSchemes?: string[];
  [option: string]: unknown;
}

type SanitizeHtmlFunction = (dirty: string, options: SanitizeHtmlOptions) => string;

const require = createRequire(import.meta.url);

/** Removes white space at both ends. @publicApi */
export const Trim = (): PropertyDecorator => sanitizer({ stage: 'trim', sanitize: (text) => text.trim() });

/**
 * Rewrites text to one Unicode normalisation form (UAX #15), so that what looks the same is the same. Comes before
 * every other sanitizer; what those leave is still in that form.
 *
 * @publicApi
 */
export function NormalizeUnicode(form: 'NFC' | 'NFKC' = 'NFC'): PropertyDecorator {
  const sanitize: Sanitize = (text) => normalizeText(text, form);
  return sanitizer({ stage: 'normalize', sanitize }, { stage: 'compose', sanitize });
}

/** Removes markup and nothing else: `a < b`, `Tom & Jerry` and a literal `&lt;` stay as they are. @publicApi */
export const PlainText = (): PropertyDecorator => sanitizer({ stage: 'markup', sanitize: plainText });

/**
 * Keeps harmless HTML only.
 *
 * @param options by default a short list of text-level elements
 * @publicApi
 */
export function SanitizeHtml(options: SanitizeHtmlOptions = HARMLESS): PropertyDecorator {
  // Loaded by the first class that asks for it: most applications accept no HTML at all.
  const sanitizeHtml = require('sanitize-html') as SanitizeHtmlFunction;
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
