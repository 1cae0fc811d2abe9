import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { WsConnectGuard } from '../../handshake/ws-connect.guard.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { providedInstanceOf } from '../../nest/provided-instance.js';

/** Token of the guard classes in `forRoot({ connectGuards })`. */
export const MODULE_CONNECT_GUARDS = Symbol('MODULE_CONNECT_GUARDS');

/** Creates the connect guards of a path: those of the module, then those of its gateways. */
@Injectable()
export class ConnectGuards {
  constructor(
    private readonly moduleRef: ModuleRef,
    @Inject(MODULE_CONNECT_GUARDS) private readonly everywhere: readonly Type<WsConnectGuard>[],
  ) {}

  async of(gateways: readonly DiscoveredGateway[]): Promise<WsConnectGuard[]> {
    const found = this.everywhere.map((guard) => providedInstanceOf(guard, this.moduleRef));
    for (const { options, moduleRef } of gateways) {
      found.push(...(options?.connectGuards ?? []).map((guard) => providedInstanceOf(guard, moduleRef)));
    }
    return Promise.all(found);
  }
}
