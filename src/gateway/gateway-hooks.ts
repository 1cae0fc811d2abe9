import { Injectable } from '@nestjs/common';
import { connectionOf } from '../connection/connection-of.js';
import { HookTracker } from '../connection/hook-tracker.js';
import { HookFaults } from '../messages/hook-faults.js';
import { CloseCode } from '../protocol/close-code.enum.js';

type HookName = 'handleConnection' | 'handleDisconnect';
type Hook = (client: object, ...rest: unknown[]) => unknown;

interface GatewayInstance {
  handleConnection?: Hook;
  handleDisconnect?: Hook;
}

/**
 * Wraps the connection hooks of gateways. Nest neither awaits them nor catches their errors, so that a failing hook
 * would end the process. Here it closes its connection, and messages wait until the hooks are done.
 */
@Injectable()
export class GatewayHooks {
  private readonly connecting = new WeakMap<object, Promise<boolean>[]>();

  constructor(
    private readonly tracker: HookTracker,
    private readonly faults: HookFaults,
  ) {}

  guard(gateway: GatewayInstance, name: string): void {
    const { handleConnection, handleDisconnect } = gateway;
    if (handleConnection) {
      gateway.handleConnection = (client, ...rest) => {
        const run = this.run(client, name, 'handleConnection', () =>
          handleConnection.call(gateway, client, ...rest),
        );
        this.connecting.set(client, [...(this.connecting.get(client) ?? []), run]);
      };
    }
    if (handleDisconnect) {
      gateway.handleDisconnect = (client, ...rest) => {
        const run = this.run(client, name, 'handleDisconnect', async () => {
          await Promise.all(this.connecting.get(client) ?? []);
          await handleDisconnect.call(gateway, client, ...rest);
        });
        this.tracker.track(run);
      };
    }
  }

  /**
   * As `guard()`, for a gateway that is unsecured: Nest's order of calls is kept, so hooks wait for nothing. A failing
   * one closes its connection too.
   */
  guardUnsecured(gateway: GatewayInstance, name: string): void {
    const { handleConnection, handleDisconnect } = gateway;
    if (handleConnection) {
      gateway.handleConnection = (client, ...rest) => {
        const hook = (): unknown => handleConnection.call(gateway, client, ...rest);
        void this.runOrClose(client, name, hook);
      };
    }
    if (handleDisconnect) {
      gateway.handleDisconnect = (client, ...rest) => {
        const hook = (): unknown => handleDisconnect.call(gateway, client, ...rest);
        this.tracker.track(this.run(client, name, 'handleDisconnect', hook));
      };
    }
  }

  /**
   * Resolves when the connect hooks of all gateways are done for this client. If one fails, the connection is closed.
   *
   * @returns undefined if there are no hooks
   */
  connected(client: object): Promise<void> | undefined {
    const runs = this.connecting.get(client);
    return runs && this.finished(client, runs);
  }

  private async finished(client: object, runs: readonly Promise<boolean>[]): Promise<void> {
    const outcomes = await Promise.all(runs);
    this.connecting.delete(client);
    if (outcomes.includes(false)) closeFailed(client);
  }

  private async runOrClose(client: object, name: string, hook: () => unknown): Promise<void> {
    if (!(await this.run(client, name, 'handleConnection', hook))) closeFailed(client);
  }

  private async run(client: object, name: string, which: HookName, hook: () => unknown): Promise<boolean> {
    try {
      await hook();
      return true;
    } catch (error) {
      this.faults.report(connectionOf(client), name, which, error);
      return false;
    }
  }
}

function closeFailed(client: object): void {
  connectionOf(client).close(CloseCode.INTERNAL_ERROR, 'internal error');
}
