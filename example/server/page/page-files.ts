import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';

interface PageFile {
  type: string;
  body: Buffer;
}

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const IMPORT_MAP = /<script type="importmap">(.*?)<\/script>/s;

/** Folders with the files of the page, and their paths. No other files are read. */
const FOLDERS: readonly (readonly [path: string, folder: string])[] = [
  ['/', 'example/web'],
  ['/', 'example/dist/web'],
  ['/lib/client/', 'dist/client'],
  ['/lib/protocol/', 'dist/protocol'],
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The files of the page, read once at the start. */
@Injectable()
export class PageFiles {
  private readonly files = new Map<string, PageFile>();
  /** Allows the only inline script by its hash. */
  readonly contentSecurityPolicy: string;

  constructor() {
    for (const [path, folder] of FOLDERS) this.read(path, join(ROOT, folder));
    const index = this.files.get('/index.html');
    const importMap = IMPORT_MAP.exec(index?.body.toString() ?? '')?.[1] ?? '';
    const hash = createHash('sha256').update(importMap).digest('base64');
    if (index) this.files.set('/', index);
    this.contentSecurityPolicy = [
      `default-src 'none'`,
      `script-src 'self' 'sha256-${hash}'`,
      `style-src 'self'`,
      `connect-src 'self'`,
      `img-src 'self' data:`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ].join('; ');
  }

  at(path: string): PageFile | undefined {
    return this.files.get(path);
  }

  private read(path: string, folder: string): void {
    for (const name of readdirSync(folder)) {
      const type = TYPES[extname(name)];
      if (type) this.files.set(path + name, { type, body: readFileSync(join(folder, name)) });
    }
  }
}
