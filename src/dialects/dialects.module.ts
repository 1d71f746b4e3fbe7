import { Module, type DynamicModule } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import type { Dialect } from '../http/routing/dialect.js';
import { RootModule } from './root/root.module.js';

/** The routes of every dialect. A worker answers probes and scrapes, and no dialect. */
@Module({})
export class DialectsModule {
  static forRoot({ role }: Pick<Settings, 'role'>, dialects: readonly Dialect[]): DynamicModule {
    const modules = [...dialects.map(({ module }) => module), RootModule];
    return { module: DialectsModule, imports: role === 'worker' ? [] : modules };
  }
}
