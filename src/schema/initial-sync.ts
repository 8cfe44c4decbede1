import { z } from 'zod';
import { type InitialSyncStarted, startSync } from '../resolvers/initial-sync.ts';
import { startFailures } from '../resolvers/shown-errors.ts';
import { builder } from './builder.ts';
import { MailProvider } from './enums.ts';
import { SyncRun } from './sync-runs.ts';

const InitialSyncStartedRef = builder
  .objectRef<InitialSyncStarted>('InitialSyncStarted')
  .implement({
    description: 'The one-time historical sync has started and is locked from now on.',
    fields: (t) => ({
      status: t.exposeString('status', { description: 'Always `started`.' }),
      jobId: t.id({
        description: 'The uuid of the run, as the REST answer names it.',
        resolve: ({ run }) => run.id,
      }),
      syncRun: t.withAuth({ member: true }).prismaField({
        type: SyncRun,
        description: 'The run, to be followed with `syncProgress`.',
        resolve: (query, { run }, _args, { prisma }) =>
          prisma.syncRun.findUniqueOrThrow({ ...query, where: { id: run.id } }),
      }),
      provider: t.field({
        type: MailProvider,
        description: 'Whose mail is read.',
        resolve: ({ provider }) => provider,
      }),
      backfillDays: t.exposeInt('backfillDays', { description: 'How many days back it reads.' }),
      locked: t.exposeBoolean('locked', { description: 'Always true.' }),
      message: t.exposeString('message', { description: 'A sentence for the person.' }),
    }),
  });

const longestKey = 255;

/** An idempotency key as callers may choose it. */
export const idempotencyKey = z
  .string()
  .min(1, 'must not be empty')
  .max(longestKey, `at most ${longestKey} characters are possible`);

const StartInitialSyncInput = builder.inputType('StartInitialSyncInput', {
  description: 'Which one-time historical sync to start.',
  fields: (t) => ({
    provider: t.field({
      type: MailProvider,
      required: true,
      description: "Which of the caller's connected accounts to read.",
    }),
    idempotencyKey: t.string({
      description: `A key of the caller's choice, at most ${longestKey} characters: the same key gets the same answer.`,
      validate: idempotencyKey,
    }),
  }),
});

builder.mutationField('startInitialSync', (t) =>
  t.withAuth({ member: true }).field({
    type: InitialSyncStartedRef,
    description:
      'Starts the one-time historical mail sync and locks it for good; only an override allows another.',
    args: {
      input: t.arg({ type: StartInitialSyncInput, required: true, description: 'What to start.' }),
    },
    errors: { types: Object.values(startFailures) },
    resolve: (_root, { input }, context) => startSync(context, input),
  }),
);
