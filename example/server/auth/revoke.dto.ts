import { IsString, Length, ValidateIf } from 'class-validator';

/** Names a user or a session. */
export class RevokeDto {
  @ValidateIf(({ sessionId }: RevokeDto) => sessionId === undefined)
  @IsString()
  @Length(1, 256)
  userId?: string;

  @ValidateIf(({ userId }: RevokeDto) => userId === undefined)
  @IsString()
  @Length(1, 256)
  sessionId?: string;
}
