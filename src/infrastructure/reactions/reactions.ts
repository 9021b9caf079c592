import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { reactions } from '../../application/application.module.js';
import { Clock } from '../../application/ports/clock.js';
import { Checkpoints } from '../../application/ports/checkpoints.js';
import { EventStore } from '../../application/ports/event-store.js';
import { Leases } from '../../application/ports/leases.js';
import type { Reaction } from '../../application/reactions/reaction.js';
import { ReactionRunner, type ReactionStatus } from './reaction-runner.js';

/** Runs every reaction of the application whose lease this process owns. */
@Injectable()
export class Reactions {
  private runners: ReadonlyArray<ReactionRunner> = [];

  constructor(
    private readonly modules: ModuleRef,
    private readonly store: EventStore,
    private readonly checkpoints: Checkpoints,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  start(traces?: { reaction(reaction: Reaction): Reaction }): void {
    this.runners = reactions.map((reaction) => {
      const found = this.modules.get(reaction, { strict: false });
      const run = traces?.reaction(found) ?? found;
      return new ReactionRunner(run, this.store, this.checkpoints, this.leases, this.clock);
    });
    for (const runner of this.runners) runner.start();
  }

  /** Resolves when no step is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }

  status(): ReadonlyArray<ReactionStatus> {
    return this.runners.map((runner) => runner.status());
  }
}
