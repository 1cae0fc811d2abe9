import { Injectable } from '@nestjs/common';
import { type Handshake, HandshakeRefusal, WsConnectGuard } from 'nestjs-ws-security';

export abstract class Members {
  abstract statusOf(userId: string): Promise<'active' | 'suspended' | 'moving'>;
}

/** Asks the database before `101` whether the user is still a member. */
@Injectable()
export class MemberConnectGuard extends WsConnectGuard {
  constructor(private readonly members: Members) {
    super();
  }

  async canConnect({ principal }: Handshake): Promise<boolean> {
    if (principal.id === null) return false;
    const status = await this.members.statusOf(principal.id);
    if (status === 'moving') throw new HandshakeRefusal('OVERLOADED', { 'Retry-After': '30' });
    return status === 'active';
  }
}
