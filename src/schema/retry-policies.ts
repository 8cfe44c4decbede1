import { z } from 'zod';
import { failureCodes } from '../providers/errors.ts';
import { changeRetryPolicy, type RetryPolicy, retryPolicies } from '../resolvers/retry-policies.ts';
import { builder } from './builder.ts';
import { failureCodeTexts } from './failure-code-texts.ts';

const RetryAction = builder.enumType('RetryAction', {
  description: 'What is done about a failure.',
  values: {
    RETRY: { value: 'retry', description: 'Try again after a wait.' },
    RECONNECT: { value: 'reconnect', description: 'Stop until the member connects again.' },
    SET_ASIDE: { value: 'set_aside', description: 'Go on without the item.' },
    FAIL: { value: 'fail', description: 'End the run as failed.' },
  } as const,
});

const FailureCode = builder.enumType('FailureCode', {
  description: 'Why a call to a provider or a step of a run failed.',
  values: Object.fromEntries(
    failureCodes.map((code) => [code, { value: code, description: failureCodeTexts[code] }]),
  ),
});

const RetryPolicyRef = builder.objectRef<RetryPolicy>('RetryPolicy').implement({
  description: 'What happens after a failure of one kind. Edits count from the next failure on.',
  fields: (t) => ({
    failureCode: t.expose('failureCode', { type: FailureCode, description: 'Which failure.' }),
    action: t.expose('action', { type: RetryAction, description: 'What is done about it.' }),
    maxAttempts: t.exposeInt('maxAttempts', {
      description: 'Attempts without progress in between, after which the run fails.',
    }),
    baseSeconds: t.exposeFloat('baseSeconds', { description: 'Seconds of the first wait.' }),
    maxSeconds: t.exposeFloat('maxSeconds', { description: 'Seconds of the longest wait.' }),
    multiplier: t.exposeFloat('multiplier', { description: 'Factor from one wait to the next.' }),
    jitter: t.exposeFloat('jitter', { description: 'Random share of each wait, 0 to 1.' }),
  }),
});

const UpdateRetryPolicyInput = builder.inputType('UpdateRetryPolicyInput', {
  description: 'What to change in a policy. What is left out stays.',
  fields: (t) => ({
    failureCode: t.field({ type: FailureCode, required: true, description: 'Which policy.' }),
    action: t.field({ type: RetryAction, description: 'What to do about the failure.' }),
    maxAttempts: t.int({
      description: 'Attempts before the run fails, 1 to 100.',
      validate: z.number().min(1).max(100),
    }),
    baseSeconds: t.float({
      description: 'Seconds of the first wait, 0 to 3600.',
      validate: z.number().min(0).max(3_600),
    }),
    maxSeconds: t.float({
      description: 'Seconds of the longest wait, 0 to 86400, not below the first.',
      validate: z.number().min(0).max(86_400),
    }),
    multiplier: t.float({
      description: 'Factor from one wait to the next, 1 to 10.',
      validate: z.number().min(1).max(10),
    }),
    jitter: t.float({
      description: 'Random share of each wait, 0 to 1.',
      validate: z.number().min(0).max(1),
    }),
  }),
});

builder.queryField('retryPolicies', (t) =>
  t.withAuth({ admin: true }).field({
    type: [RetryPolicyRef],
    description: 'What happens after each kind of failure. Administrators only.',
    complexity: { field: 1, multiplier: failureCodes.length },
    resolve: (_root, _args, context) => retryPolicies(context),
  }),
);

builder.mutationField('updateRetryPolicy', (t) =>
  t.withAuth({ superAdmin: true }).field({
    type: RetryPolicyRef,
    description:
      'Changes what happens after a kind of failure, for all organisations of the database. Super administrators only; audited.',
    args: {
      input: t.arg({ type: UpdateRetryPolicyInput, required: true, description: 'The change.' }),
    },
    resolve: (_root, { input }, context) => changeRetryPolicy(context, input),
  }),
);
