import { IsInt, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';
import { NormalizeUnicode, PlainText, Trim } from 'nestjs-ws-security';

const ROOM = /^[a-z0-9-]{1,32}$/;

export class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

export class JoinDto {
  @IsString()
  @Matches(ROOM)
  room!: string;
}

export class SendDto extends JoinDto {
  @NormalizeUnicode()
  @PlainText()
  @Trim()
  @IsString()
  @Length(1, 100)
  text!: string;
}

export class SlowDto {
  @IsInt()
  @Min(0)
  @Max(5000)
  ms!: number;
}

export class KickDto {
  @IsString()
  @Length(1, 64)
  userId!: string;
}
