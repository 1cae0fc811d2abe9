import {
  type CanActivate,
  Controller,
  Get,
  Header,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { WsContract } from '../ws-contract.js';
import { CONTRACT_PAGE_POLICY, contractPage } from './contract-page.js';

/** A controller for one path, with guards of the application. */
export function contractController(path: string, guards: readonly Type<CanActivate>[]): Type {
  const place = path.replace(/\/+$/, '');

  @UseGuards(...guards)
  // Of a prefix with a version, readers would have to know which one.
  @Controller({ version: VERSION_NEUTRAL })
  class ContractController {
    constructor(private readonly contract: WsContract) {}

    @Get(place || '/')
    @Header('Content-Type', 'text/html; charset=utf-8')
    @Header('Content-Security-Policy', CONTRACT_PAGE_POLICY)
    @Header('Cache-Control', 'no-store')
    @Header('Referrer-Policy', 'no-referrer')
    @Header('X-Content-Type-Options', 'nosniff')
    page(): string {
      return contractPage(this.contract.document(), `${place.split('/').at(-1) || 'asyncapi'}.json`);
    }

    @Get(`${place || '/asyncapi'}.json`)
    @Header('Content-Type', 'application/json; charset=utf-8')
    @Header('Cache-Control', 'no-store')
    @Header('X-Content-Type-Options', 'nosniff')
    json(): string {
      return JSON.stringify(this.contract.document());
    }
  }
  return ContractController;
}
