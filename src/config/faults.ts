import type { Variables } from './variables.ts';

/** One thing wrong with the environment. Never contains a value: values may be secrets. */
export interface Fault {
  readonly variable: string;
  readonly problem: string;
}

type Rule = (env: Variables) => Fault | null;

const needs =
  (variable: keyof Variables, required: keyof Variables): Rule =>
  (env) =>
    env[variable] !== undefined && env[required] === undefined
      ? { variable: required, problem: `must be set when ${variable} is` }
      : null;

/** Rules between variables, each checkable without asking the network. */
const rules: readonly Rule[] = [
  needs('MASTER_DATABASE_URL', 'COMPANY_DATABASE_URL'),
  needs('COMPANY_DATABASE_URL', 'MASTER_DATABASE_URL'),
  needs('AUTH_JWKS_URL', 'AUTH_ISSUER'),
  needs('AUTH_JWKS_URL', 'AUTH_AUDIENCE'),
  needs('AUTH_JWT_SECRET', 'AUTH_ISSUER'),
  needs('AUTH_JWT_SECRET', 'AUTH_AUDIENCE'),
  needs('GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'),
  needs('MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET'),
  (env) =>
    env.AUTH_JWKS_URL && env.AUTH_JWT_SECRET
      ? { variable: 'AUTH_JWT_SECRET', problem: 'set either this or AUTH_JWKS_URL, not both' }
      : null,
  (env) =>
    env.HEARTBEAT_SECONDS * 2 > env.LEASE_SECONDS
      ? {
          variable: 'HEARTBEAT_SECONDS',
          problem: 'must be at most half of LEASE_SECONDS, or one late heartbeat loses the run',
        }
      : null,
];

/** Development defaults that must not reach production. */
const productionRules: readonly Rule[] = [
  (env) =>
    env.MASTER_DATABASE_URL
      ? null
      : { variable: 'MASTER_DATABASE_URL', problem: 'is required in production' },
  (env) =>
    env.COMPANY_DATABASE_URL
      ? null
      : { variable: 'COMPANY_DATABASE_URL', problem: 'is required in production' },
  (env) =>
    env.AUTH_JWKS_URL || env.AUTH_JWT_SECRET
      ? null
      : {
          variable: 'AUTH_JWKS_URL',
          problem: 'this or AUTH_JWT_SECRET is required in production (no embedded issuer there)',
        },
  (env) =>
    env.TOKEN_ENCRYPTION_KEYS
      ? null
      : {
          variable: 'TOKEN_ENCRYPTION_KEYS',
          problem: 'is required in production (no generated keys there)',
        },
  (env) =>
    env.PUBLIC_URL?.startsWith('https://')
      ? null
      : { variable: 'PUBLIC_URL', problem: 'must be an https:// address in production' },
  (env) =>
    env.ALLOWED_ORIGINS?.split(',').some((part) => part.trim() === '*')
      ? { variable: 'ALLOWED_ORIGINS', problem: 'must not be * in production' }
      : null,
  (env) =>
    env.WEBHOOK_URL === undefined || env.WEBHOOK_URL.startsWith('https://')
      ? null
      : { variable: 'WEBHOOK_URL', problem: 'must be an https:// address in production' },
];

/** All broken rules at once. */
export function brokenRules(env: Variables, production: boolean): Fault[] {
  return [...rules, ...(production ? productionRules : [])].flatMap((rule) => rule(env) ?? []);
}
