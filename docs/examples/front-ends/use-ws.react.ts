import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import type { ClientStatus, WsClient } from 'nestjs-ws-security/client';

/** Connects while the component is mounted. */
export function useWsConnection(client: Pick<WsClient, 'connect' | 'close'>): void {
  useEffect(() => {
    void client.connect();
    return () => client.close();
  }, [client]);
}

/** The state of the connection. The component renders again when it changes. */
export function useWsStatus(client: Pick<WsClient, 'status' | 'on'>): ClientStatus {
  const subscribe = useCallback((changed: () => void) => client.on('status', changed), [client]);
  const snapshot = () => client.status;
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}

/** Calls the latest `listener` for each push of `event`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the type
export function useWsPush<T>(client: Pick<WsClient, 'on'>, event: string, listener: (data: T) => void): void {
  const latest = useRef(listener);
  useEffect(() => void (latest.current = listener));
  useEffect(
    () => client.on('push', (frame) => frame.event === event && latest.current(frame.data as T)),
    [client, event],
  );
}
