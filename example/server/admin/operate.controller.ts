import { Controller, Get, Redirect } from '@nestjs/common';

/** A short address of the operator's page. It contains no data, so anybody may open it. */
@Controller('operate')
export class OperateController {
  @Get()
  @Redirect('/ws-admin')
  open(): void {}
}
