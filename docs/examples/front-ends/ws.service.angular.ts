import { inject, Injectable, InjectionToken, type OnDestroy, signal } from '@angular/core';
import type { WsClient } from 'nestjs-ws-security/client';
import { Observable } from 'rxjs';

/** `{ provide: WS_CLIENT, useFactory: () => new WsClient({ url: '/ws', token }) }` */
export const WS_CLIENT = new InjectionToken<WsClient>('WS_CLIENT');

@Injectable({ providedIn: 'root' })
export class WsService implements OnDestroy {
  readonly client = inject(WS_CLIENT);
  private readonly current = signal(this.client.status);
  /** The state of the connection, as a signal. */
  readonly status = this.current.asReadonly();
  private readonly stop = this.client.on('status', (status) => this.current.set(status));

  /** The pushes of `event`. Each subscriber has its own listener, which ends with the subscription. */
  pushes<T>(event: string): Observable<T> {
    return new Observable((subscriber) => this.client.onPush<T>(event, (data) => subscriber.next(data)));
  }

  ngOnDestroy(): void {
    this.stop();
    this.client.close();
  }
}
