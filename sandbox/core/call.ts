import type { HttpBindings } from '@hono/node-server';
import type { FaultAction } from './fault-rule.ts';
import type { Outcome } from './request-log.ts';

/** What the sandbox knows about one request while it serves it. */
export interface Call {
  readonly requestId: string;
  readonly vendor: string;
  /** Address of the account, when the request carries a token or code of one. */
  user: string | null;
  /** Requests of this account being served now, this one included. */
  concurrent: number;
  fault: { readonly id: string; readonly action: FaultAction } | null;
  outcome: Outcome;
  readonly batched: boolean;
}

/** Types of the Hono applications; `incoming` and `outgoing` are absent for parts of a batch. */
export interface SandboxEnv {
  Bindings: Partial<HttpBindings> & { parent?: Call };
  Variables: { call: Call };
}
