import { z } from 'zod';
import { messageSchema } from './control/message-input.ts';

const generateSchema = z.strictObject({
  count: z.int().min(0).max(1_000_000),
  /** Messages arrive over this many days up to now. */
  days: z.number().positive(),
  /** Weight of each label, by id or name; "archive" is mail without a place. */
  shares: z.record(z.string(), z.number().positive()),
});

const mailboxSchema = z.strictObject({
  /** Names of the person's own labels; a slash nests. */
  labels: z.array(z.string().min(1)).default([]),
  generate: z.array(generateSchema).default([]),
  messages: z.array(messageSchema).default([]),
});

/** The "google" member of a seed file. */
export const googleSeedSchema = z.strictObject({
  clients: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        name: z.string().min(1),
        secrets: z.array(z.string().min(1)).default([]),
        redirectUris: z.array(z.string()).default([]),
        loopbackRedirects: z.boolean().default(true),
      }),
    )
    .default([]),
  accounts: z
    .array(
      z.strictObject({
        email: z.email().toLowerCase(),
        name: z.string().min(1),
        sub: z
          .string()
          .regex(/^\d{21}$/)
          .optional(),
        /** A Workspace account has its address's domain in `hd`. */
        kind: z.enum(['workspace', 'personal']).default('workspace'),
        /** Whether Gmail is switched on. */
        mail: z.boolean().default(true),
        mailbox: mailboxSchema.prefault({}),
      }),
    )
    .default([]),
});
export type GoogleSeed = z.output<typeof googleSeedSchema>;
