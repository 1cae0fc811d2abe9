import { Module } from '@nestjs/common';
import { DrainController } from './drain.controller.js';

@Module({ controllers: [DrainController] })
export class AdminModule {}
