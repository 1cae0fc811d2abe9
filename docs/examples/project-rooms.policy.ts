import { Injectable } from '@nestjs/common';
import { type Connection, RoomPolicy } from 'nestjs-ws-security';

export abstract class Projects {
  abstract roleOf(userId: string, project: string): Promise<'reader' | 'writer' | undefined>;
}

/** Each room is a project. Readers of the project may join, only writers may send. */
@Injectable()
export class ProjectRooms extends RoomPolicy {
  constructor(private readonly projects: Projects) {
    super();
  }

  override async canJoin(connection: Connection, room: string): Promise<boolean> {
    return (await this.roleIn(connection, room)) !== undefined;
  }

  override async canSend(sender: Connection, room: string, isMember: boolean): Promise<boolean> {
    return isMember && (await this.roleIn(sender, room)) === 'writer';
  }

  private async roleIn({ principal: { id } }: Connection, room: string) {
    return id === null ? undefined : this.projects.roleOf(id, room);
  }
}
