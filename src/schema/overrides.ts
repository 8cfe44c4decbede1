import { z } from 'zod';
import { grant, type Override, overrideList, revoke } from '../resolvers/overrides.ts';
import { ConflictError } from '../resolvers/shown-errors.ts';
import { builder } from './builder.ts';

const longestReason = 500;

const OverrideRef = builder.objectRef<Override>('Override').implement({
  description: 'What allows a company one more historical sync; used up by the run that needs it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the company’s permission; no node.' }),
    companyId: t.exposeID('companyId', {
      description: 'The company, whose organisation has the same id.',
    }),
    companySlug: t.exposeString('companySlug', { description: 'Short name of the company.' }),
    active: t.exposeBoolean('active', {
      description: 'Whether the next locked start may use it: granted, not used, not expired.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it was last granted; null when nobody said.',
    }),
    grantedBy: t.exposeString('grantedBy', {
      nullable: true,
      description: 'Who last granted it; null when that is not known.',
    }),
    grantedAt: t.expose('grantedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last granted; null when it never was.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends if nobody uses it; null for never.',
    }),
  }),
});

const GrantOverrideInput = builder.inputType('GrantOverrideInput', {
  description: 'To which company to grant one more historical sync.',
  fields: (t) => ({
    companyId: t.id({ required: true, description: 'The company.' }),
    reason: t.string({
      required: true,
      description: `Why, for the audit; at most ${longestReason} characters.`,
      validate: z.string().max(longestReason, `at most ${longestReason} characters are possible`),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends if nobody uses it; never when left out.',
    }),
  }),
});

const RevokeOverrideInput = builder.inputType('RevokeOverrideInput', {
  description: 'From which company to take an unused override back.',
  fields: (t) => ({ companyId: t.id({ required: true, description: 'The company.' }) }),
});

builder.queryField('overrides', (t) =>
  t.withAuth({ superAdmin: true }).field({
    type: [OverrideRef],
    description: 'Overrides of all companies, the last granted first. Super administrators only.',
    args: {
      active: t.arg.boolean({ description: 'True: active ones only. False: the others only.' }),
    },
    complexity: { field: 1, multiplier: 20 },
    resolve: (_root, { active }, context) => overrideList(context, active),
  }),
);

builder.mutationFields((t) => ({
  grantOverride: t.withAuth({ superAdmin: true }).field({
    type: OverrideRef,
    description: 'Allows a company one more historical sync. Super administrators only.',
    args: {
      input: t.arg({ type: GrantOverrideInput, required: true, description: 'To whom and why.' }),
    },
    errors: { types: [ConflictError] },
    resolve: (_root, { input }, context) => grant(context, input),
  }),
  revokeOverride: t.withAuth({ superAdmin: true }).field({
    type: OverrideRef,
    description:
      'Takes an unused override back; nothing changes when there is none. Super administrators only.',
    args: {
      input: t.arg({ type: RevokeOverrideInput, required: true, description: 'From whom.' }),
    },
    errors: { types: [ConflictError] },
    resolve: (_root, { input }, context) => revoke(context, input),
  }),
}));
