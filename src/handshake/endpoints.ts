import type { Endpoint } from './endpoint.interface.js';

/** The paths of one HTTP server that have gateways. */
export class Endpoints {
  private readonly byPath = new Map<string, Endpoint>();

  add(endpoint: Endpoint): void {
    this.byPath.set(endpoint.path, endpoint);
  }

  at(path: string): Endpoint | undefined {
    return this.byPath.get(path);
  }
}
