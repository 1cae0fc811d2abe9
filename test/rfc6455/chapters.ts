import { binaryFrames } from './binary.js';
import type { Chapter } from './case.js';
import { closing } from './closing.js';
import { controlFrames } from './control-frames.js';
import { fragmentation } from './fragmentation.js';
import { headers } from './headers.js';
import { lengths } from './lengths.js';
import { packets } from './packets.js';
import { utf8 } from './utf8.js';

export const CHAPTERS: readonly Chapter[] = [
  lengths,
  headers,
  controlFrames,
  fragmentation,
  binaryFrames,
  utf8,
  closing,
  packets,
];
