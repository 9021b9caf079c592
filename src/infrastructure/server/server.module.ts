import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { ApplicationModule } from '../../application/application.module.js';
import { Checkpoints } from '../../application/ports/checkpoints.js';
import { Leases } from '../../application/ports/leases.js';
import { BearerGuard } from '../auth/bearer-guard.js';
import { TokenVerifier } from '../auth/tokens.js';
import { AnswerInterceptor } from '../http/answer.js';
import { operationsOf } from '../http/operation.js';
import { ProblemFilter } from '../http/problem-filter.js';
import { controllers } from '../http/routes/controllers.js';
import { SystemState } from '../http/system-state.js';
import { Reactions } from '../reactions/reactions.js';
import type { Storage } from './storage.js';

/** The application behind HTTP. */
@Module({})
export class ServerModule {
  static over(ports: ReadonlyArray<Provider>, storage: Storage, tokens: TokenVerifier): DynamicModule {
    return {
      module: ServerModule,
      imports: [ApplicationModule.over(ports)],
      controllers,
      providers: [
        { provide: TokenVerifier, useValue: tokens },
        { provide: Checkpoints, useValue: storage.checkpoints },
        { provide: Leases, useValue: storage.leases },
        Reactions,
        SystemState,
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
        { provide: APP_FILTER, useValue: new ProblemFilter(operationsOf(controllers)) },
      ],
    };
  }
}
