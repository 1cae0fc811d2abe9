import { type CanActivate, Injectable } from '@nestjs/common';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';

export class OrderDto {
  @IsString()
  @MaxLength(50)
  item!: string;

  @IsInt()
  @Min(1)
  @Max(10)
  count!: number;
}

@Injectable()
export class Shop {
  isOpen = true;
}

/** A rule of the application, which has nothing to do with the transport. */
@Injectable()
export class ShopIsOpenGuard implements CanActivate {
  constructor(private readonly shop: Shop) {}

  canActivate(): boolean {
    return this.shop.isOpen;
  }
}
