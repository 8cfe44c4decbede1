import { z } from 'zod';
import { messageSchema } from './control/message-input.ts';

const generateSchema = z.strictObject({
  count: z.int().min(0).max(1_000_000),
  /** Messages arrive over this many days up to now. */
  days: z.number().positive(),
  /** Weight of each folder, named as everywhere: "inbox", "Projects/Atlas". */
  shares: z.record(z.string(), z.number().positive()),
});

const folderSchema = z.strictObject({
  path: z.string().min(1),
  hidden: z.boolean().default(false),
  search: z.boolean().default(false),
});

const mailboxSchema = z.strictObject({
  folders: z.array(folderSchema).default([]),
  generate: z.array(generateSchema).default([]),
  messages: z
    .array(z.strictObject({ folder: z.string(), messages: z.array(messageSchema) }))
    .default([]),
});

/** The "microsoft" member of a seed file. */
export const microsoftSeedSchema = z.strictObject({
  tenants: z
    .array(
      z.strictObject({
        domain: z.string().toLowerCase(),
        name: z.string(),
        id: z.guid().optional(),
      }),
    )
    .default([]),
  clients: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        name: z.string().min(1),
        secrets: z.array(z.string().min(1)).default([]),
        redirectUris: z.array(z.string()).default([]),
        loopbackRedirects: z.boolean().default(true),
        spa: z.boolean().default(false),
      }),
    )
    .default([]),
  accounts: z
    .array(
      z.strictObject({
        email: z.email().toLowerCase(),
        name: z.string().min(1),
        /** A work account belongs to the tenant of its address's domain. */
        kind: z.enum(['work', 'personal']).default('work'),
        oid: z.guid().optional(),
        mailbox: mailboxSchema.prefault({}),
      }),
    )
    .default([]),
});
export type MicrosoftSeed = z.output<typeof microsoftSeedSchema>;
