import { LockstepError } from '../errors.ts';

/** What a schema validator reports (https://standardschema.dev). */
interface ValidationFailure {
  readonly issues: readonly {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  }[];
}

/** The refusal of an input value, naming the field as the caller wrote it. */
export function invalidInput({ issues }: ValidationFailure): LockstepError {
  const [issue] = issues;
  const field = issue?.path
    ?.map((part) => String(typeof part === 'object' ? part.key : part))
    .join('.');
  return new LockstepError(
    'BAD_USER_INPUT',
    field ? `${field}: ${issue?.message}` : (issue?.message ?? 'The input is not valid.'),
    field ? { field } : {},
  );
}
