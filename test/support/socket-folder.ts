import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for the Unix socket of a reference service. */
export class SocketFolder {
  private folder: string | undefined;

  /** The variables of a service that listens there and serves plain HTTP. */
  async place(): Promise<{ SOCKET_PATH: string; PORT: string; PLAIN_HTTP: string }> {
    this.folder ??= await mkdtemp(join(tmpdir(), 'socket-'));
    return { SOCKET_PATH: join(this.folder, 'service.sock'), PORT: '', PLAIN_HTTP: '1' };
  }

  async remove(): Promise<void> {
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}
