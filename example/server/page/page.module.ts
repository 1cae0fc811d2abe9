import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { PageFiles } from './page-files.js';
import { PageMiddleware } from './page.middleware.js';

@Module({ providers: [PageFiles] })
export class PageModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(PageMiddleware).forRoutes('{*path}');
  }
}
