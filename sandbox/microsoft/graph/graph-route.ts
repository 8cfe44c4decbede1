import type { Microsoft } from '../microsoft.ts';
import type { GraphRequest } from './graph-request.ts';
import type { QueryOptions } from './query-options.ts';

export type GraphAnswer =
  | { readonly status: number; readonly json: unknown; readonly headers?: Record<string, string> }
  | { readonly status: number; readonly bytes: Uint8Array; readonly type: string }
  | { readonly status: number; readonly empty: true };

export interface RouteInput {
  readonly microsoft: Microsoft;
  readonly request: GraphRequest;
  readonly options: QueryOptions;
  readonly params: Record<string, string>;
  readonly body: unknown;
}

/** One operation of Graph. */
export interface GraphRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly pattern: string;
  /** One of these is needed. */
  readonly scopes: readonly string[];
  /** Query parameters the contract knows; strict mode refuses others. */
  readonly query: readonly string[];
  answer(input: RouteInput): GraphAnswer;
}

export const mailReadScopes = ['Mail.Read', 'Mail.ReadWrite'] as const;
export const mailWriteScopes = ['Mail.ReadWrite'] as const;
export const listQuery = [
  '$top',
  '$skip',
  '$skiptoken',
  '$search',
  '$filter',
  '$count',
  '$orderby',
  '$select',
  '$expand',
] as const;
export const itemQuery = ['$select', '$expand'] as const;
