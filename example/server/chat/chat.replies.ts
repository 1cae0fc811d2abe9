import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';

/** What clients receive, for the contract. Rules of replies are not checked. */
export class EchoReply {
  @IsString()
  text!: string;
}

export class WhoamiReply {
  @IsOptional()
  @IsString()
  id!: string | null;

  @IsArray()
  @IsString({ each: true })
  roles!: readonly string[];

  @IsArray()
  @IsString({ each: true })
  scopes!: readonly string[];
}

export class NodeReply {
  @IsOptional()
  @IsString()
  name!: string | null;
}

export class KickReply {
  @IsInt()
  kicked!: number;
}

export class SlowReply {
  @IsInt()
  ms!: number;
}

/** Pushed to everyone in the room. */
export class ChatMessage {
  @IsString()
  room!: string;

  @IsString()
  from!: string;

  @IsString()
  text!: string;

  /** Epoch milliseconds. */
  @IsInt()
  at!: number;
}
