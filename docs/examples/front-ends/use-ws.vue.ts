import { onScopeDispose, type ShallowRef, shallowRef } from 'vue';
import type { ClientStatus, WsClient } from 'nestjs-ws-security/client';

/** Connects until the component is unmounted. */
export function useWsConnection(client: Pick<WsClient, 'connect' | 'close'>): void {
  void client.connect();
  onScopeDispose(() => client.close());
}

/** The state of the connection. */
export function useWsStatus(client: Pick<WsClient, 'status' | 'on'>): Readonly<ShallowRef<ClientStatus>> {
  const status = shallowRef(client.status);
  onScopeDispose(client.on('status', (next) => void (status.value = next)));
  return status;
}

/** Calls `listener` for each push of `event` until the component is unmounted. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the type
export function useWsPush<T>(client: Pick<WsClient, 'on'>, event: string, listener: (data: T) => void): void {
  onScopeDispose(client.on('push', (frame) => frame.event === event && listener(frame.data as T)));
}
