import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { DEMO_USERS } from './demo-users.js';

export class LoginDto {
  @IsIn([...DEMO_USERS.keys()])
  username!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(31_536_000)
  expiresInSeconds?: number;
}
