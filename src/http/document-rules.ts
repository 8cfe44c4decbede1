import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { specifiedRules, type ValidationRule } from 'graphql';
import { LockstepError } from '../errors.ts';
import type { Limits } from './limits.ts';

/** The refusal of a document that exceeds a limit, the same for every rule. */
export function tooComplex(what: string, limit: number): LockstepError {
  return new LockstepError(
    'QUERY_TOO_COMPLEX',
    `The operation exceeds the limit of ${limit} for ${what}. Ask for less at once, or split it.`,
    { limit },
  );
}

/** The specification's rules and ours. Armor's own allow list would let any number of `__typename` aliases pass. */
export function documentRules(limits: Limits): readonly ValidationRule[] {
  const refuse = (what: string, limit: number) => ({
    n: limit,
    onReject: [
      () => {
        throw tooComplex(what, limit);
      },
    ],
  });
  return [
    maxDepthRule({ ...refuse('its depth', limits.depth), flattenFragments: true }),
    maxAliasesRule({ ...refuse('the number of its aliases', limits.aliases), allowList: [] }),
    maxDirectivesRule(refuse('the number of its directives', limits.directives)),
    ...specifiedRules,
  ];
}
