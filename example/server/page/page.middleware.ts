import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { PageFiles } from './page-files.js';

/** Serves the files of the page and passes on all other requests. */
@Injectable()
export class PageMiddleware implements NestMiddleware {
  constructor(private readonly files: PageFiles) {}

  use(request: IncomingMessage & { originalUrl?: string }, response: ServerResponse, next: () => void): void {
    const [path = '/'] = (request.originalUrl ?? request.url ?? '/').split('?');
    const file = request.method === 'GET' || request.method === 'HEAD' ? this.files.at(path) : undefined;
    if (!file) {
      next();
      return;
    }
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': file.body.length,
      'Content-Security-Policy': this.files.contentSecurityPolicy,
      'Cache-Control': 'no-cache',
      'Referrer-Policy': 'no-referrer',
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }
}
