import type { Context, Hono } from 'hono';
import type { SandboxEnv } from './call.ts';
import type { StatePart } from './state-part.ts';

/** One provider's side of the sandbox. */
export interface Vendor {
  readonly name: string;
  /** Whether a path is served by this vendor. */
  owns(path: string): boolean;
  /** The account that a request speaks for, as far as that can be told before it is checked. */
  identify(context: Context<SandboxEnv>): Promise<string | null>;
  /** The path with ids replaced. */
  endpoint(path: string): string;
  /** Headers that every answer carries. */
  answerHeaders(context: Context<SandboxEnv>): Record<string, string>;
  /** The vendor's own "too many requests" body. */
  throttleBody(context: Context<SandboxEnv>): unknown;
  readonly app: Hono<SandboxEnv>;
  /** Mounted under /_sandbox/<name>. */
  readonly control: Hono;
  readonly parts: readonly StatePart[];
}
